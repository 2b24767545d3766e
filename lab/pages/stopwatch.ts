import { AzureCommunicationTokenCredential, createIdentifierFromRawId } from '@azure/communication-common';
// Before the client library, which must meet the observed RTCPeerConnection.
import { onPeerConnection } from './peer-connections.ts';
import { CallClient, type Call, type CallAgent, type IncomingCall } from '@dialplane/calling';
import type { StopwatchPage } from '../src/browsers/page-contracts.ts';
import { firstSoundOf } from './first-sound.ts';
import { offerToStory } from './page-methods.ts';

let agent: CallAgent | undefined;
let call: Call | undefined;
let ringing = Promise.withResolvers<IncomingCall>();

const methods: StopwatchPage = {
  async signIn({ token, displayName, endpoint }) {
    const client = new CallClient(endpoint === undefined ? {} : { endpoint });
    await (await client.getDeviceManager()).askDevicePermission({ audio: true, video: false });
    agent = await client.createCallAgent(new AzureCommunicationTokenCredential(token), { displayName });
    agent.on('incomingCall', ({ incomingCall }) => ringing.resolve(incomingCall));
  },

  async callAndHear(rawId) {
    const heard = firstSound();
    call = agent?.startCall([createIdentifierFromRawId(rawId)]);
    return { heardAt: await heard };
  },

  async answerAndHear() {
    // Listening from before it rings: the library may prepare the connection while it does.
    const heard = firstSound();
    const incoming = await ringing.promise;
    ringing = Promise.withResolvers();
    const acceptedAt = performance.timeOrigin + performance.now();
    call = await incoming.accept();
    return { acceptedAt, heardAt: await heard };
  },

  async finish() {
    const ending = call;
    if (ending === undefined) throw new Error('there is no call');
    const ended = new Promise<void>((resolve) => {
      const look = (): void => {
        if (ending.state === 'Disconnected') resolve();
      };
      ending.on('stateChanged', look);
      look();
    });
    if (ending.state !== 'Disconnected') await ending.hangUp().catch(() => undefined);
    await ended;
  },
};
offerToStory(methods);

/** When the next call's first decoded sound is there. */
function firstSound(): Promise<number> {
  return new Promise((resolve, reject) => {
    const stop = onPeerConnection((connection) => {
      stop();
      connection.addEventListener('track', ({ track }) => {
        if (track.kind === 'audio') firstSoundOf(track).then(resolve, reject);
      });
    });
  });
}
