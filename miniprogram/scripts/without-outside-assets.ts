import type { Plugin } from 'vite'

const OUTSIDE_URL = /url\((["']?)https?:\/\/[^)]*\1\)/g

// In WeChat, uni asks its makers' host for a picture three seconds after every start, and spells the host's name in
// numbers: it would tell them who opens the app.
const CALL_HOME = /^\s*preloadAsset\(\);$/m

/**
 * uni-h5 draws the shadow under its navigation bar with a picture from an outside host. No page of ours asks
 * anything from outside the deployment, so such pictures are dropped from every style sheet.
 */
export function withoutOutsideAssets(): Plugin {
  return {
    name: 'qutong:without-outside-assets',
    enforce: 'post',
    transform(code, id) {
      if (!id.includes('uni-mp-weixin') || !code.includes('wx.preloadAssets')) return undefined
      if (!CALL_HOME.test(code)) this.error('uni calls its makers in another way than before')
      return code.replace(CALL_HOME, '')
    },
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'asset' && file.fileName.endsWith('.css')) {
          file.source = file.source.toString().replace(OUTSIDE_URL, 'none')
        } else if (file.type === 'chunk') {
          file.code = file.code.replace(OUTSIDE_URL, 'none')
        }
      }
    },
  }
}
