import { randomUUID } from 'node:crypto';
import type { MediaControl } from '@dialplane/media-api';
import type { LineEvent, TelephoneControl } from '@dialplane/telephony-api';

/** Two lines in a conference: who called, and whom they are connected to. */
interface Bridge {
  readonly conferenceId: string;
  readonly incoming: string;
  readonly outgoing: string;
}

/** Connects each call that comes in with one that goes out to `number`: the owner of calls in this measurement, which does nothing else. */
export function bridgeCalls(telephony: TelephoneControl, media: MediaControl, { number, callerId }: { readonly number: string; readonly callerId: string }): void {
  const ofLine = new Map<string, Bridge>();
  const ofConference = new Map<string, Bridge>();
  const dial = ({ conferenceId, outgoing }: Bridge): void => telephony.send({
    kind: 'dial', callId: conferenceId, lineId: outgoing, target: { kind: 'number', number, callerId }, from: { identifier: '8:acs:bench' }, conferenceId, legId: `${outgoing} leg`,
  });
  const hear = (event: LineEvent): void => {
    if (event.kind === 'incoming') {
      const bridge = { conferenceId: randomUUID(), incoming: event.line.lineId, outgoing: randomUUID() };
      ofLine.set(bridge.incoming, bridge).set(bridge.outgoing, bridge);
      ofConference.set(bridge.conferenceId, bridge);
      media.send({ kind: 'openConference', conferenceId: bridge.conferenceId, callId: bridge.conferenceId, modes: { audio: 'mixed', video: 'forwarded' } });
      return;
    }
    const bridge = ofLine.get(event.lineId);
    if (bridge === undefined) return;
    const { conferenceId, incoming, outgoing } = bridge;
    if (event.kind === 'progress') telephony.send({ kind: 'alert', lineId: incoming });
    else if (event.kind === 'answered' && event.lineId === outgoing) telephony.send({ kind: 'connect', lineId: incoming, callId: conferenceId, conferenceId, legId: `${incoming} leg` });
    else if (event.kind === 'ended') {
      ofLine.delete(event.lineId);
      const other = event.lineId === incoming ? outgoing : incoming;
      if (ofLine.has(other)) telephony.send({ kind: 'hangUp', lineId: other });
      else {
        ofConference.delete(conferenceId);
        media.send({ kind: 'closeConference', conferenceId });
      }
    }
  };
  telephony.onEvent(hear);
  media.onEvent((event) => {
    const bridge = event.kind === 'conferenceOpened' ? ofConference.get(event.conferenceId) : undefined;
    if (bridge !== undefined) dial(bridge);
  });
}
