import type { DirectoryEntry } from '@dialplane/calling-api';
import { useQuery } from '../api/use-query.ts';
import { useSession } from '../session/use-session.tsx';

/** The people who signed in here, with their names. Empty until they are known, and where nobody may see them. */
export function useDirectory(): readonly DirectoryEntry[] {
  const { api } = useSession();
  return useQuery('directory', (signal) => api('listDirectory', {}, signal)).value?.value ?? [];
}
