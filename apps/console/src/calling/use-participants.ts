import type { Call, RemoteParticipant } from '@dialplane/calling';
import { useEffect, useReducer } from 'react';

/** Who else is in a call; renders again when that changes, and when one of them answers, is held or mutes. */
export function useParticipants(call: Call): Call['remoteParticipants'] {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const followed = new Set<RemoteParticipant>();
    const follow = (): void => {
      for (const participant of call.remoteParticipants) {
        if (followed.has(participant)) continue;
        followed.add(participant);
        participant.on('stateChanged', render);
        participant.on('isMutedChanged', render);
      }
      render();
    };
    call.on('remoteParticipantsUpdated', follow);
    follow();
    return () => {
      call.off('remoteParticipantsUpdated', follow);
      for (const participant of followed) {
        participant.off('stateChanged', render);
        participant.off('isMutedChanged', render);
      }
    };
  }, [call]);
  return call.remoteParticipants;
}
