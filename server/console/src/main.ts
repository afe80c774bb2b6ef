import { createApp } from 'vue'
import 'element-plus/theme-chalk/base.css'
import '@shared/palette.css'
import '@/styles/tokens.css'
import '@/styles/base.css'
import App from './App.vue'
import { startLive, stopLive } from '@/live/live'
import { listenToKeys } from '@/patterns/useShortcuts'
import { makeRouter } from './router'
import { watchNetwork } from '@/session/network'
import { isSignedIn, refreshMe, restoreSession, whenSignedIn, whenSignedOut } from '@/session/session'

restoreSession()
whenSignedIn(startLive)
whenSignedOut(stopLive)
watchNetwork(() => void refreshMe().catch(() => undefined))
listenToKeys()
if (isSignedIn()) {
  startLive()
  void refreshMe().catch(() => undefined)
}
createApp(App).use(makeRouter()).mount('#app')
