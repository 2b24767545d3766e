import { clientError } from '../communication-services-error.ts';
import type { Lobby } from '../public/call.ts';

/** Lobbies belong to Teams meetings; applications find one that is always empty. */
export const emptyLobby: Lobby = {
  participants: [],
  admit: refuse,
  reject: refuse,
  admitAll: refuse,
  on: () => {},
  off: () => {},
};

async function refuse(): Promise<void> {
  throw clientError('TEAMS_UNSUPPORTED');
}
