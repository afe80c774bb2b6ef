import { rounded, toGcj02, type Place } from '@/domain/location'

/** What a browser measures; WeChat answers in the coordinates of China's maps itself. */
let measured: 'wgs84' | 'gcj02' = 'gcj02'
// #ifdef H5
measured = 'wgs84'
// #endif

/** Where the phone is, as China's maps draw it; null where it is not allowed or not known. */
export function whereAmI(): Promise<Place | null> {
  return new Promise((resolve) => {
    uni.getLocation({
      type: measured,
      success: ({ latitude, longitude }) => {
        const place = { lat: latitude, lng: longitude }
        resolve(rounded(measured === 'wgs84' ? toGcj02(place) : place))
      },
      fail: () => resolve(null),
    })
  })
}
