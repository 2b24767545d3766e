import assert from 'node:assert/strict';
import type { World } from '../world.ts';
import { comparable } from './call-replica.ts';
import type { ClientProgram } from './client-program.ts';
import type { ControllerProgram } from './controller-program.ts';
import type { Journal } from './journal.ts';
import type { CallMessage } from './messages.ts';
import type { ClientHost } from './troubles.ts';

/** After every step: whether the client that it touched, if it has learnt something, knows what the controller knows. */
export class AgreementChecker {
  /** Times that a client was found to agree. */
  agreements = 0;
  private readonly lessons = new Map<ClientProgram, number>();

  constructor(world: World<CallMessage>, clients: readonly ClientHost[], controller: () => ControllerProgram | undefined) {
    const byName = new Map(clients.map((client) => [client.name, client]));
    world.check((touched) => {
      const client = touched === undefined ? undefined : byName.get(touched)?.program;
      if (client === undefined || this.lessons.get(client) === client.lessons) return;
      this.lessons.set(client, client.lessons);
      this.agreements += checkAgreement(client, controller());
    });
  }
}

/** When everything has settled, nothing of a call is left anywhere. */
export function checkNothingLeft(program: ControllerProgram | undefined): void {
  assert.ok(program, 'the controller is up at the end');
  assert.deepEqual(program.running(), [], 'calls that nobody is left in go on');
  assert.deepEqual(program.waiting(), [], 'ended calls have timers');
  assert.deepEqual(program.ringing(), [], 'telephones are left over');
}

/** A client that has heard everything knows exactly what the controller knows. Returns how many calls were compared. */
function checkAgreement(client: ClientProgram, controller: ControllerProgram | undefined): number {
  const truth = controller?.truthFor(client.endpointId, client.epoch, client.sequence);
  if (truth === undefined) return 0;
  let compared = 0;
  for (const [callId, replica] of client.replicas) {
    if (replica.isEnded && truth(callId) === undefined) continue;
    if (replica.isSeating || client.isUncertainOf(callId, replica.isEnded)) continue;
    const view = truth(callId);
    assert.ok(view, `${client.endpointId} believes that call ${callId} goes on`);
    assert.deepEqual(comparable(replica.view), comparable(view), `${client.endpointId} in call ${callId}`);
    compared += 1;
  }
  return compared;
}

/** Every client knows that its calls are over, and every reason it heard is the one in the record. */
export function checkEnds(client: ClientProgram, journal: Journal): number {
  assert.ok(client.isIdle, `${client.endpointId} still waits for an answer`);
  let shared = 0;
  for (const [callId, replica] of client.replicas) {
    assert.ok(replica.isEnded, `${client.endpointId} is stuck in call ${callId}`);
    const record = journal.records.get(callId);
    assert.ok(record, `call ${callId} has no record`);
    const { endReason, self } = replica.view;
    const part = record.participations.findLast(({ participantId }) => participantId === self.participantId);
    assert.ok(part, `${client.endpointId} is not in the record of call ${callId}`);
    if (endReason === undefined) continue;
    assert.deepEqual(endReason, part.endReason, `${client.endpointId} heard another reason for the end of call ${callId}`);
    shared += 1;
  }
  return shared;
}
