import assert from 'node:assert/strict';
import { passesBy } from '@dialplane/calling-api';
import type { ApplicationEvent, CallInput, CallOutput } from './index.ts';
import type { IdsInUse } from './test-call-steps.ts';

/** What must hold of every single output of one run. */
export class Witness implements IdsInUse {
  revision = 0;
  results = 0;
  conferenceId = '';
  ended = 0;
  handedOver = 0;
  transferId = 'none';
  lineLegId = 'none';
  playId = 'none';
  private handedLine = 'none';
  /** Whether anybody ever was in the call. */
  seated = false;
  private applicationIs: 'absent' | 'connected' = 'absent';
  private rosters = 0;
  /** How often somebody came for an application. */
  added = 0;
  private readonly gone = new Set<string>();
  /** Lines whose end nobody has brought about. */
  readonly lines = new Set<string>();

  /** What telephony says of lines. */
  hear(input: CallInput, isRunning: boolean): void {
    if (input.kind === 'transferSettled' && input.failure === undefined && input.referral === undefined && input.transferId === this.transferId) this.lines.delete(this.handedLine);
    if (input.kind !== 'line') return;
    if (input.event.kind === 'ended') this.lines.delete(input.event.lineId);
    if (input.event.kind === 'incoming' && isRunning) this.lines.add(input.event.line.lineId);
  }

  /** Another call has these lines now. */
  release(lineIds: readonly string[]): void {
    for (const lineId of lineIds) this.lines.delete(lineId);
  }

  /** An application is told in order, and nothing after its part is over. */
  private hearAsApplication(event: ApplicationEvent): void {
    if (event.kind === 'connected') this.applicationIs = 'connected';
    else if (event.kind === 'disconnected') {
      assert.equal(event.hasConnected, this.applicationIs === 'connected');
      this.applicationIs = 'absent';
      this.rosters = 0;
    } else assert.equal(this.applicationIs, 'connected', event.kind);
    if (event.kind === 'participantsUpdated') assert.equal(event.sequenceNumber, (this.rosters += 1));
    if (event.kind === 'participantAdded') this.added += 1;
  }

  see(output: CallOutput): void {
    assert.ok(this.ended === 0 || output.kind === 'result', `${output.kind} after the end`);
    switch (output.kind) {
      case 'event': {
        const { event, endpointId } = output;
        if (!passesBy(event)) {
          const revision = event.type === 'incomingCall' ? event.call.revision : 'revision' in event ? event.revision : assert.fail(event.type);
          assert.ok(revision > this.revision, `revision ${revision} after ${this.revision}`);
          this.revision = revision;
        }
        if (event.type === 'incomingCall') this.gone.delete(endpointId);
        assert.ok(!this.gone.has(endpointId), `${event.type} to ${endpointId}, which had left`);
        if (event.type === 'callStateChanged' && event.state === 'Disconnected') {
          assert.ok(event.endReason, 'no reason');
          this.gone.add(endpointId);
        }
        return;
      }
      case 'result':
        this.results += 1;
        if (output.result.ok) this.seated = true;
        if (output.result.ok && output.result.transferId !== undefined && output.result.transferId !== this.transferId) {
          this.transferId = output.result.transferId;
          this.handedLine = 'none';
        }
        if (output.result.ok && output.result.call !== undefined && output.result.call.state !== 'Disconnected') this.gone.delete(endpointOf(output.commandId));
        return;
      case 'handOver':
        this.handedOver += 1;
        this.handedLine = output.transferee.telephone?.lineId ?? 'none';
        return;
      case 'transferSettled':
      case 'movedHere':
        return;
      case 'application':
        this.hearAsApplication(output.event);
        return;
      case 'line':
        if ('legId' in output.command) this.lineLegId = output.command.legId;
        if (output.command.kind === 'dial') this.lines.add(output.command.lineId);
        else assert.ok(this.lines.has(output.command.lineId), `${output.command.kind} for a line that is over`);
        if (output.command.kind === 'hangUp' || output.command.kind === 'reject') this.lines.delete(output.command.lineId);
        return;
      case 'media':
        if (output.command.kind === 'play') this.playId = output.command.playId;
        if (output.command.kind === 'openConference') this.conferenceId = output.command.conferenceId;
        assert.equal(output.command.conferenceId, this.conferenceId);
        return;
      case 'ended':
        this.ended += 1;
        assert.ok(output.record.participations.length > 0);
        for (const { startedAt, connectedAt, endedAt } of output.record.participations) {
          assert.ok(startedAt <= (connectedAt ?? startedAt) && (connectedAt ?? startedAt) <= endedAt && endedAt <= output.record.endedAt);
        }
        return;
      case 'flow':
        this.seated = true;
        return;
      case 'findEndpoints':
      case 'userCalled':
    }
  }
}

const endpointOf = (commandId: string): string => commandId.slice(commandId.indexOf('/') + 1);
