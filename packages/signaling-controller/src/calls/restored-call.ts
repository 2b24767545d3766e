import { CallMachine, type CallInput, type CallMachineOptions } from '@dialplane/call';
import type { Clock } from '../clock.ts';
import { CallFlowRecorder, type FlowLimits } from './call-flow-recorder.ts';
import type { InterruptedCall } from './call-store.ts';
import { RunningCall, type CallAbout, type StoredSnapshot } from './running-call.ts';

export interface RestoringOptions {
  readonly clock: Clock;
  readonly flowLimits: FlowLimits;
  machineOptions(about: CallAbout): CallMachineOptions;
}

/** A call of an earlier run of the process, as it was stored last. Throws when what is stored of it makes no sense. */
export function restoredCall(stored: InterruptedCall, { clock, flowLimits, machineOptions }: RestoringOptions): RunningCall {
  const { callId, startedAt, savedAt, parts, parties } = stored;
  const { machine: snapshot, caller } = JSON.parse(stored.snapshot) as StoredSnapshot;
  const about = { callId, startedAt, caller };
  const options = { ...machineOptions(about), downtimeMs: Math.max(0, clock.wallMs() - savedAt) };
  const call = new RunningCall(about, CallMachine.restore({ ...snapshot, parts }, options, clock.now()), new CallFlowRecorder(stored.progress, flowLimits));
  for (const identifier of parties) call.addParty(identifier);
  call.noteStoredParties(parties);
  call.parts.adopt(Object.keys(parts));
  for (const endpointId of call.machine.endpoints()) {
    call.endpoints.add(endpointId);
    call.groupId ??= call.viewFor(endpointId)?.groupId;
  }
  if ('conferenceId' in snapshot.model.path) call.conferenceId = snapshot.model.path.conferenceId;
  return call;
}

/** What such a call has lost with the server: lines end with it, and so do the media processes that it started. */
export function restartLosses({ machine, conferenceId }: RunningCall): CallInput[] {
  const lines = [...machine.lines()].map((lineId): CallInput => (
    { kind: 'line', event: { kind: 'ended', lineId, end: { by: 'network', sentence: 'The server was restarted while this telephone was in the call.' } } }
  ));
  return conferenceId === undefined ? lines : [...lines, { kind: 'media', event: { kind: 'conferenceFailed', conferenceId, reason: 'MEDIA_PROCESS_LOST' } }];
}
