import type { CallDirection, CallState } from '@dialplane/calling';

/** What is going on, as a person would say it; announced to screen readers when it changes. */
export function callStatus(state: CallState, direction: CallDirection, isReconnecting: boolean, isGroup = false): string {
  if (isReconnecting && (state === 'Connected' || state === 'LocalHold' || state === 'RemoteHold')) return 'Connection lost, reconnecting…';
  switch (state) {
    case 'None':
    case 'Connecting':
      return isGroup ? 'Joining…' : direction === 'Outgoing' ? 'Calling…' : 'Connecting…';
    case 'Ringing':
      return 'Ringing…';
    case 'EarlyMedia':
      return 'Being put through…';
    case 'Connected':
      return 'Connected';
    case 'LocalHold':
      return 'On hold by you';
    case 'RemoteHold':
      return 'The other side has put you on hold';
    case 'InLobby':
      return 'Waiting to be let in';
    case 'Disconnecting':
      return 'Hanging up…';
    case 'Disconnected':
      return 'Ended';
  }
}

/** Whether the call still has to be answered. */
export function isBeforeAnswer(state: CallState): boolean {
  return state === 'None' || state === 'Connecting' || state === 'Ringing' || state === 'EarlyMedia';
}
