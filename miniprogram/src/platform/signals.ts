/** What a person hears and feels at a scan, without looking: taken, taken but strange, not taken. */
export type Signal = 'good' | 'odd' | 'bad'

const TONES: Record<Signal, { hertz: number; beats: number }> = { good: { hertz: 1760, beats: 1 }, odd: { hertz: 880, beats: 2 }, bad: { hertz: 220, beats: 2 } }
const BEAT_S = 0.09
const LOUDNESS = 0.25

let audio: AudioContext | null = null

/** Opened by the tap that opens the camera: a browser lets nothing sound before one. */
export function openSignals(): void {
  try {
    // #ifdef H5
    audio ??= new AudioContext()
    // #endif
    // #ifdef MP-WEIXIN
    audio ??= wx.createWebAudioContext?.() ?? null
    // #endif
    void audio?.resume()
  } catch {
    // A phone without sound still shakes.
  }
}

export function signal(what: Signal): void {
  if (what === 'good') uni.vibrateShort?.({ fail: () => undefined })
  else uni.vibrateLong?.({ fail: () => undefined })
  if (!audio) return
  const { hertz, beats } = TONES[what]
  try {
    for (let beat = 0; beat < beats; beat += 1) sound(audio, hertz, audio.currentTime + beat * BEAT_S * 1.6)
  } catch {
    // A phone that lost its sound meanwhile (a call came in) still shakes, and still counts.
  }
}

function sound(context: AudioContext, hertz: number, at: number): void {
  const tone = context.createOscillator()
  const loudness = context.createGain()
  tone.type = 'square'
  tone.frequency.value = hertz
  loudness.gain.setValueAtTime(LOUDNESS, at)
  loudness.gain.exponentialRampToValueAtTime(0.001, at + BEAT_S)
  tone.connect(loudness)
  loudness.connect(context.destination)
  tone.start(at)
  tone.stop(at + BEAT_S)
}
