import { computed, ref } from 'vue'
import { uploadPhoto } from '@/platform/files'
import { t } from '@/texts'
import { messageOf } from '@shared/problem'
import { tell } from './useAction'
import type { Photo } from './useReceipt'

/** Photos that go with something that is going to be sent: shown at once, uploaded in the background; `upload` says as what. */
export function usePhotos(upload = uploadPhoto) {
  const photos = ref<Photo[]>([])
  const uploading = computed(() => photos.value.some((photo) => photo.id === null))
  const ids = computed(() => photos.value.flatMap((photo) => (photo.id === null ? [] : [photo.id])))

  async function add(path: string): Promise<void> {
    photos.value = [...photos.value, { path, id: null }]
    try {
      const id = await upload(path)
      photos.value = photos.value.map((photo) => (photo.path === path ? { path, id } : photo))
    } catch (problem) {
      photos.value = photos.value.filter((photo) => photo.path !== path)
      tell(t.common.colon(t.receive.uploadFailed, messageOf(problem)))
    }
  }

  function remove(photo: Photo): void {
    photos.value = photos.value.filter((other) => other !== photo)
  }

  function clear(): void {
    photos.value = []
  }

  return { photos, uploading, ids, add, remove, clear }
}
