import { answer, api } from '@/api/client'
import type { Matrix } from './words'

export function readMatrix(): Promise<Matrix> {
  return answer(api.GET('/api/v1/permissions'))
}

let names: Record<string, string> | null = null

/** What permissions are called; they change with a new version of the program only. */
export async function permissionNames(): Promise<Record<string, string>> {
  if (!names) {
    const { groups } = await readMatrix()
    names = Object.fromEntries(groups.flatMap((group) => group.permissions.map((one) => [one.key, one.name])))
  }
  return names
}
