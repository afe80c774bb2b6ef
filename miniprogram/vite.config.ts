import uni from '@dcloudio/vite-plugin-uni'
import { defineConfig } from 'vite'
import { withoutOutsideAssets } from './scripts/without-outside-assets'

// Where `npm run dev:h5` sends API calls: the server of `python -m server`.
const api = process.env.QUTONG_API ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [uni(), withoutOutsideAssets()],
  server: { port: 5173, proxy: { '/api': { target: api, changeOrigin: true } } },
})
