/** Host of the API: the H5 build asks the server it came from, the mp-weixin package the one it was built for. */
export function apiBase(): string {
  // #ifdef MP-WEIXIN
  return import.meta.env.VITE_API_BASE ?? 'http://localhost:8000'
  // #endif
  // #ifndef MP-WEIXIN
   
  return import.meta.env.VITE_API_BASE ?? ''
  // #endif
}
