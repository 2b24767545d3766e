import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Call, MediaDescription, Participant, PutTrunkRequest, TelephoneNumber } from '@dialplane/calling-api';
import { chromiumsOffer } from '../media/test-group.ts';
import { Person } from '../test-person.ts';
import { startTestServer } from '../test-server.ts';
import type { RunningServer } from '../start-server.ts';

/** A number of the server in these tests, and one of a telephone outside. */
export const ourNumber = '+12025550190';
export const theirNumber = '+12025550100';

/** A server with SIP and media processes, an operator's hand on its books, and people who call. */
export class TelephoneServer {
  readonly server: RunningServer;
  readonly dataDir: string;
  readonly ada: Person;

  private constructor(server: RunningServer & { readonly dataDir: string }, ada: Person) {
    this.server = server;
    this.dataDir = server.dataDir;
    this.ada = ada;
  }

  static async start(t: TestContext, options: Parameters<typeof startTestServer>[1] = {}): Promise<TelephoneServer> {
    const server = await startTestServer(t, { media: true, sip: true, sipPort: 0, sipTlsPort: 0, ...options });
    const ada = await Person.signIn(server.httpUrl, 'Ada');
    await ada.next('sync');
    return new TelephoneServer(server, ada);
  }

  get sipPort(): number {
    return this.server.sipPort ?? assert.fail('SIP is off');
  }

  /** Trunks at ports of this machine, and a route by which every number goes to them, each of its own in this order. */
  async connectTrunks(ports: readonly number[], trunk: PutTrunkRequest = {}): Promise<void> {
    const names = ports.map((_, index) => `sbc${index + 1}.test`);
    for (const [index, port] of ports.entries()) {
      await this.ada.operate('PUT', `/v1/telephony/trunks/${names[index]}`, { preset: 'generic-udp', addresses: ['127.0.0.1'], port, optionsIntervalSeconds: 0, ...trunk });
    }
    await this.ada.operate('PUT', '/v1/telephony/routes', { routes: names.map((name) => ({ name, numberPattern: '^\\+', trunks: [name] })) });
    await this.own(ourNumber, { kind: 'users', identifiers: [this.ada.signedIn.identifier] });
  }

  own(number: string, target: TelephoneNumber['target']): Promise<TelephoneNumber> {
    return this.ada.operate<TelephoneNumber>('PUT', `/v1/telephony/numbers/${encodeURIComponent(number)}`, { target });
  }

  /** Ada calls a telephone. Her client offers to the media processor as soon as there is a session. */
  async dial(number = theirNumber): Promise<Call> {
    const call = await this.start(number);
    await this.offer(call);
    return call;
  }

  start(number = theirNumber, more: object = {}): Promise<Call> {
    return this.ada.ask<Call>('POST', '/v1/calls', { endpointId: this.ada.endpointId, targets: [`4:${number}`], alternateCallerId: `4:${ourNumber}`, ...more });
  }

  /** Somebody calls Ada, whose client says that it rings. */
  async rung(): Promise<Call> {
    const { call } = await this.ada.next('incomingCall');
    await this.command(call.callId, 'ringing');
    return call;
  }

  /** Ada answers, and her client offers. */
  async accept({ callId }: Call): Promise<void> {
    await this.offer(await this.ada.ask<Call>('POST', `/v1/calls/${callId}:accept`, { endpointId: this.ada.endpointId }));
  }

  /** What Chromium offers, for the call's media session, which may have yet to be opened. */
  async offer({ callId, mediaSessions: [session] }: Call): Promise<void> {
    const { mediaSessionId } = session ?? (await this.ada.next('mediaSessionUpdated')).mediaSession;
    const description: MediaDescription = { type: 'offer', sdp: chromiumsOffer, revision: 1, streams: [{ mid: '0', mediaStreamType: 'Audio' }, { mid: '3', mediaStreamType: 'Video' }] };
    await this.ada.ask('POST', `/v1/calls/${callId}/media/${mediaSessionId}/descriptions`, { endpointId: this.ada.endpointId, description });
  }

  command(callId: string, command: string, more: object = {}): Promise<unknown> {
    return this.ada.ask('POST', `/v1/calls/${callId}:${command}`, { endpointId: this.ada.endpointId, ...more });
  }

  /** Waits until the telephone of a number is so, as Ada sees it: `Ringing`, `EarlyMedia`, `Connected`, `Hold`. */
  async telephoneIs(state: Participant['state'], number = theirNumber): Promise<void> {
    await this.ada.next('participantsUpdated', ({ updated }) => updated.some((participant) => participant.identifier === `4:${number}` && participant.state === state));
  }

  /** The end of Ada's call. */
  async end(): Promise<{ readonly code: number; readonly subCode: number; readonly message: string }> {
    const { endReason } = await this.ada.next('callStateChanged', ({ state }) => state === 'Disconnected');
    return endReason ?? assert.fail('an end without a reason');
  }
}
