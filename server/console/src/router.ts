import { createRouter, createWebHistory, type RouteLocationNormalized, type Router } from 'vue-router'
import { areas, menuItemOf } from '@/shell/areas'
import { isSignedIn, whenSignedOut } from '@/session/session'
import { t } from '@/texts'

const RELOADED = 'qutong:console:reloaded'

export function makeRouter(): Router {
  const router = createRouter({
    history: createWebHistory(import.meta.env.BASE_URL),
    routes: [
      { path: '/login', name: 'login', component: () => import('@/shell/LoginPage.vue'), meta: { title: t.login.title } },
      {
        path: '/',
        component: () => import('@/shell/AppShell.vue'),
        children: [
          ...areas.flatMap((area) => area.routes),
          { path: ':rest(.*)*', name: 'missing', component: () => import('@/shell/MissingPage.vue'), meta: { title: t.shell.notFound } },
        ],
      },
    ],
  })

  router.beforeEach((to) => {
    if (to.name !== 'login' && !isSignedIn()) return { name: 'login', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
    if (to.name === 'login' && isSignedIn()) return wayBack(to)
    return true
  })
  router.afterEach((to) => {
    sessionStorage.removeItem(RELOADED)
    const title = to.meta.title ?? menuItemOf(to.path)?.title
    document.title = [title, `${t.brand} · ${t.product}`].filter(Boolean).join(' | ')
  })
  // A page of a version that a deployment has replaced: the browser gets the new one, once.
  router.onError((error, to) => {
    if (!/import|module|fetch/i.test(String(error)) || sessionStorage.getItem(RELOADED) === to.fullPath) return
    sessionStorage.setItem(RELOADED, to.fullPath)
    location.assign(router.resolve(to.fullPath).href)
  })
  whenSignedOut((ending) => {
    const from = router.currentRoute.value
    if (from.name === 'login') return
    void router.replace({ name: 'login', query: ending.kind === 'expired' ? { to: from.fullPath } : {} })
  })
  return router
}

/** Where one was before one had to sign in; only a page of the console itself. */
export function wayBack(login: Pick<RouteLocationNormalized, 'query'>): string {
  const to = login.query.to
  return typeof to === 'string' && /^\/(?!\/|login)/.test(to) ? to : '/'
}
