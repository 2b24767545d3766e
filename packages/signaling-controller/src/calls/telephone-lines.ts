import type { CallInput } from '@dialplane/call';
import { endReasons } from '@dialplane/calling-api';
import type { LineCommand, LineDevice, LineEvent, TelephoneControl } from '@dialplane/telephony-api';
import type { CallAbout, CallPlace, RunningCall, Turn } from './running-call.ts';
import type { RunningCalls } from './running-calls.ts';

export interface TelephoneLinesOptions {
  /** Without it telephones neither call nor are called. */
  readonly telephony: TelephoneControl | undefined;
  readonly calls: RunningCalls;
  isDraining(): boolean;
  /** A new call, which nobody knows of yet. */
  begin(callId: string, caller: CallAbout['caller'], place: CallPlace): RunningCall;
  take(call: RunningCall, input: CallInput): void;
}

/** The telephones of all running calls: takes what telephony tells to the call it concerns, and what calls ask to telephony. */
export class TelephoneLines {
  private readonly options: TelephoneLinesOptions;

  constructor(options: TelephoneLinesOptions) {
    this.options = options;
    options.telephony?.onEvent((event) => this.handle(event));
    options.telephony?.onDevice((identifier, phone) => this.ringAlso(identifier, phone));
  }

  /** Why no telephone can be called. */
  absence(): string | undefined {
    const { telephony } = this.options;
    return telephony === undefined ? endReasons.noTrunk.message : telephony.absence();
  }

  /** SIP phones on which a user can be rung. */
  phonesOf(identifier: string): readonly LineDevice[] {
    return this.options.telephony?.devicesOf(identifier) ?? [];
  }

  /** Notes whose lines these are from now on, after a turn of `call`. */
  index(call: RunningCall, turn: Turn, input: CallInput | undefined): void {
    const { calls } = this.options;
    if (input?.kind === 'line' && input.event.kind === 'ended') calls.removeLine(input.event.lineId);
    for (const command of turn.lines) {
      if (command.kind === 'dial' || command.kind === 'connect') calls.setLine(call, command.lineId);
      else if (command.kind === 'hangUp' || command.kind === 'reject') calls.removeLine(command.lineId);
      if (command.kind === 'dial' && command.target.kind === 'number') calls.addParty(call, `4:${command.target.number}`);
    }
  }

  send(commands: readonly LineCommand[]): void {
    for (const command of commands) this.options.telephony?.send(command);
  }

  /** Nothing of a call goes on: its telephones are hung up. */
  hangUp(call: RunningCall): void {
    this.send([...call.lines].map((lineId) => ({ kind: 'hangUp', lineId })));
  }

  /** A user who may be being called has another SIP phone. */
  private ringAlso(identifier: string, phone: LineDevice): void {
    const { calls, take } = this.options;
    for (const call of calls.ofUser(identifier)) take(call, { kind: 'phoneRegistered', identifier, phone });
  }

  private handle(event: LineEvent): void {
    if (event.kind === 'incoming') {
      this.receive(event);
      return;
    }
    const call = this.options.calls.ofLine(event.lineId);
    if (call !== undefined) this.options.take(call, { kind: 'line', event });
  }

  /** A telephone calls: a running group call takes it in, any other call begins with it. */
  private receive(event: Extract<LineEvent, { kind: 'incoming' }>): void {
    const { calls, isDraining, begin, take } = this.options;
    const { lineId, from, displayName, target } = event.line;
    const groupId = target.kind === 'group' ? target.groupId : undefined;
    const group = groupId === undefined ? undefined : calls.ofGroup(groupId);
    if (group === undefined && isDraining()) {
      this.send([{ kind: 'reject', lineId, status: 503 }]);
      return;
    }
    const call = group ?? begin(lineId, { identifier: from, ...(displayName !== undefined && { displayName }) }, { groupId });
    if (group === undefined) calls.add(call);
    calls.addParty(call, from);
    calls.setLine(call, lineId);
    this.send([{ kind: 'assign', lineId, callId: call.about.callId }]);
    take(call, { kind: 'line', event });
  }
}
