import type { Plugin } from 'vite'

const OUTSIDE_URL = /url\((["']?)https?:\/\/[^)]*\1\)/g

/**
 * uni-h5 draws the shadow under its navigation bar with a picture from an outside host. No page of ours asks
 * anything from outside the deployment, so such pictures are dropped from every style sheet.
 */
export function withoutOutsideAssets(): Plugin {
  return {
    name: 'qutong:without-outside-assets',
    enforce: 'post',
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
