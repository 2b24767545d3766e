/** A call under test: feeds inputs, and gives back what came out, sorted by kind. */
import { addMilliseconds, instant, type Instant } from '@dialplane/sansio';
import type { EndpointEvent, FlowDetail, MediaDescription } from '@dialplane/calling-api';
import type { MediaCommand, MediaEvent } from '@dialplane/media-api';
import { CallMachine, type CallCommand, type CallInput, type CallMachineOptions, type CallOutput, type CallRecord, type CommandResult, type EndpointIdentity } from './index.ts';

type CommandWithoutId<Command> = Command extends CallCommand ? Omit<Command, 'commandId'> : never;
export type TestCommand = CommandWithoutId<CallCommand>;

/** Everything that one input led to. */
export interface Outcome {
  readonly result: CommandResult | undefined;
  readonly events: ReadonlyArray<readonly [endpointId: string, event: EndpointEvent]>;
  readonly media: readonly MediaCommand[];
  readonly found: readonly string[];
  readonly flow: ReadonlyArray<readonly [from: string, to: string | undefined, detail: FlowDetail]>;
  readonly record: CallRecord | undefined;
}

export const alice: EndpointIdentity = { endpointId: 'alice-1', identifier: '8:acs:r_alice', displayName: 'Alice' };
export const bob: EndpointIdentity = { endpointId: 'bob-1', identifier: '8:acs:r_bob', displayName: 'Bob' };
export const bobsPhone: EndpointIdentity = { endpointId: 'bob-2', identifier: '8:acs:r_bob' };
export const carol: EndpointIdentity = { endpointId: 'carol-1', identifier: '8:acs:r_carol', displayName: 'Carol' };
export const groupId = '11111111-1111-4111-8111-111111111111';

export function description(type: 'offer' | 'answer', revision: number, answers?: number, ufrag = 'aaaa'): MediaDescription {
  return {
    type, revision, ...(answers === undefined ? {} : { answers }), sdp: `v=0\r\na=ice-ufrag:${ufrag}\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n`,
    streams: [{ mid: '0', mediaStreamType: 'Audio' }],
  };
}

export function candidate(type: 'host' | 'srflx' | 'relay', ufrag: string | null = 'aaaa') {
  return { candidate: `candidate:1 1 udp 1 10.0.0.1 9 typ ${type}`, mid: '0', mLineIndex: 0, usernameFragment: ufrag };
}

export class TestCall {
  machine: CallMachine;
  now: Instant = instant(1000);
  readonly options: CallMachineOptions;
  private commands = 0;

  constructor(options: Partial<CallMachineOptions> = {}) {
    let ids = 0;
    this.options = {
      callId: 'call', serverCallId: 'server-call', startedAt: '2026-01-01T00:00:00.000Z', newId: () => `id${(ids += 1)}`,
      iceConfiguration: () => ({ iceServers: [], iceTransportPolicy: 'all' }), ...options,
    };
    this.machine = new CallMachine(this.options, this.now);
  }

  /** Gives a command under a fresh id, or under `commandId`. */
  command(command: TestCommand, commandId = `c${(this.commands += 1)}`): Outcome {
    return this.input({ ...command, commandId } as CallCommand);
  }

  input(input: CallInput): Outcome {
    this.machine.handle(input, this.now);
    return this.drain();
  }

  media(event: MediaEvent): Outcome {
    return this.input({ kind: 'media', event });
  }

  /** Lets time pass, firing whatever comes due. */
  pass(milliseconds: number): Outcome {
    this.now = addMilliseconds(this.now, milliseconds);
    this.machine.handleTimeout(this.now);
    return this.drain();
  }

  /** The answer to `findEndpoints`. */
  find(...endpoints: readonly EndpointIdentity[]): Outcome {
    return this.input({ kind: 'endpointsFound', identifier: endpoints[0]?.identifier ?? '', isKnown: true, endpoints });
  }

  private drain(): Outcome {
    const outputs: CallOutput[] = [];
    for (let output = this.machine.poll(); output !== undefined; output = this.machine.poll()) outputs.push(output);
    return {
      result: outputs.find((output) => output.kind === 'result')?.result,
      events: outputs.filter((output) => output.kind === 'event').map(({ endpointId, event }) => [endpointId, event] as const),
      media: outputs.filter((output) => output.kind === 'media').map(({ command }) => command),
      found: outputs.filter((output) => output.kind === 'findEndpoints').map(({ identifier }) => identifier),
      flow: outputs.filter((output) => output.kind === 'flow').map(({ from, to, detail }) => [from, to, detail] as const),
      record: outputs.find((output) => output.kind === 'ended')?.record,
    };
  }
}
