/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Host of the API for the mp-weixin package; the H5 build asks its own origin. */
  readonly VITE_API_BASE?: string
}

/** WeChat's own functions that uni has no name for. */
declare const wx: { createWebAudioContext?: () => AudioContext }
