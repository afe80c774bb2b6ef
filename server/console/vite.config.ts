import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vitest/config'

const API = process.env.QUTONG_API ?? 'http://127.0.0.1:8000'

export default defineConfig(({ mode }) => ({
  base: '/console/',
  plugins: [
    vue(),
    // Element Plus on demand: <el-…> in a template brings its own code and style, and nothing else of it.
    components({ dirs: [], dts: false, resolvers: [ElementPlusResolver({ importStyle: mode === 'test' ? false : 'css' })] }),
  ],
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('./src', import.meta.url)),
      // What the app on the phone and the console both say and reckon; checked and tested over there.
      '@shared': fileURLToPath(new URL('../../miniprogram/src/shared', import.meta.url)),
    },
  },
  server: { proxy: { '/api': API } },
  build: {
    target: 'es2022',
    manifest: true,
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      output: {
        manualChunks: (id) => {
          if (/node_modules\/(echarts|zrender|vue-echarts)\//.test(id)) return 'charts'
          if (/node_modules\/(@vue|vue|vue-router|openapi-fetch)\//.test(id)) return 'vue'
          return undefined
        },
      },
    },
  },
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'happy-dom',
    server: { deps: { inline: ['element-plus'] } },
  },
}))
