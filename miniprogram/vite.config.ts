import { fileURLToPath } from 'node:url'
import uni from '@dcloudio/vite-plugin-uni'
import { defineConfig } from 'vite'
import { withServiceWorker } from './scripts/with-service-worker'
import { withoutOutsideAssets } from './scripts/without-outside-assets'

// Where `npm run dev:h5` sends API calls: the server of `python -m server`.
const api = process.env.QUTONG_API ?? 'http://127.0.0.1:8000'

// Only the camera is loaded when it is opened. All pages are there from the start, in one piece: a page that is
// asked for when it is shown cannot be shown offline, and an order made offline ends on another page.
const LATER = /CameraScanner|barcode-reader|zxing/
const onePiece = (id: string) => (id.includes('/src/') && !LATER.test(id) ? 'app' : undefined)

export default defineConfig({
  resolve: { alias: { '@shared': fileURLToPath(new URL('./src/shared', import.meta.url)) } },
  plugins: [uni(), withoutOutsideAssets(), withServiceWorker()],
  build: process.env.UNI_PLATFORM === 'h5' ? { rollupOptions: { output: { manualChunks: onePiece } } } : {},
  server: { port: 5173, proxy: { '/api': { target: api, changeOrigin: true } } },
})
