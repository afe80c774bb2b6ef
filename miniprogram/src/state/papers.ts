import { computed, ref } from 'vue'
import { api } from '@/api/client'
import type { Paper } from '@/api/types'
import { useSession } from './session'

const papers = ref<Paper[]>([])

/** Reads the papers of the own org; those that end first come first. */
export async function readPapers(): Promise<void> {
  const org = useSession().me.value?.org.id
  if (org) papers.value = (await api.get('/api/v1/orgs/{org_id}/qualifications', { path: { org_id: org } })).items
}

export function usePapers() {
  return { papers, due: computed(() => papers.value.filter((paper) => paper.state !== 'valid')), readPapers }
}
