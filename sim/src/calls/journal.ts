import assert from 'node:assert/strict';
import type { CallOutput, CallRecord, CallSnapshot } from '@dialplane/call';
import { passesBy } from '@dialplane/calling-api';

/**
 * What an omniscient observer knows of every call, across all runs of the controller; and the rules it holds them to.
 */
export class Journal {
  readonly records = new Map<string, CallRecord>();
  private readonly revisions = new Map<string, number>();
  /** Results by call and command: what a repeat must agree with. */
  private readonly verdicts = new Map<string, string>();
  private readonly conferences = new Map<string, { readonly opened: number; readonly failed: number }>();
  readonly counts = { commands: 0, repeats: 0, events: 0, promotions: 0, reopenings: 0, decided: 0, moved: 0 };

  /** Sees what a call put out when it has been committed. @param isForgotten the command is not remembered: a message goes by whenever it is sent. */
  note(callId: string, outputs: readonly CallOutput[], by: string | undefined, isForgotten: boolean): void {
    let isRepeat = false;
    for (const output of outputs) {
      if (output.kind === 'result' && isForgotten) continue;
      if (output.kind === 'result') {
        isRepeat = this.noteResult(`${callId} ${by} ${output.commandId}`, output.result.ok ? 'ok' : output.result.code);
        continue;
      }
      assert.ok(!isRepeat, `call ${callId}: a repeated command led to ${output.kind}`);
      assert.ok(!this.records.has(callId), `call ${callId}: ${output.kind} after its end`);
      if (output.kind === 'event') this.noteEvent(callId, output);
      if (output.kind === 'flow' && output.detail.kind === 'decision') this.noteDecision(callId, output.detail.what);
      if (output.kind === 'ended') this.noteEnd(callId, output.record);
    }
  }

  /** Holds a restored snapshot to what was committed. */
  noteRestart(callId: string, { model }: CallSnapshot): void {
    assert.equal(model.phase === 'ended', this.records.has(callId), `call ${callId} was restored as ${model.phase}`);
    assert.ok(model.revision >= (this.revisions.get(callId) ?? 0), `call ${callId} went back to revision ${model.revision}`);
  }

  private noteResult(key: string, verdict: string): boolean {
    const first = this.verdicts.get(key);
    this.counts[first === undefined ? 'commands' : 'repeats'] += 1;
    if (first === undefined) this.verdicts.set(key, verdict);
    // A stranger's refusal is not remembered: it may have become a member meanwhile.
    else if (first !== 'CALL_NOT_FOUND') assert.equal(verdict, first, `a repeat of ${key} was answered differently`);
    return first !== undefined && first !== 'CALL_NOT_FOUND';
  }

  private noteDecision(callId: string, what: string): void {
    if (what === 'the conference is opened again') this.counts.reopenings += 1;
    if (what.endsWith(' has gone to another call')) this.counts.moved += 1;
    if (/^an application answers for|^the call to .* is (rejected|sent on)/.test(what)) this.counts.decided += 1;
    const { opened, failed } = this.conferences.get(callId) ?? { opened: 0, failed: 0 };
    this.conferences.set(callId, { opened: opened + Number(what === 'conference opened'), failed: failed + Number(what === 'conference failed') });
  }

  /** For want of a media processor a call ends that never had one, or that lost one again and again. */
  private noteEnd(callId: string, record: CallRecord): void {
    const { opened, failed } = this.conferences.get(callId) ?? { opened: 0, failed: 0 };
    if (record.endReason.code === 503) assert.ok(opened === 0 || failed > 3, `call ${callId} ended with 503 after ${failed} failures`);
    this.records.set(callId, record);
  }

  private noteEvent(callId: string, { event }: Extract<CallOutput, { kind: 'event' }>): void {
    this.counts.events += 1;
    if (event.type === 'callPromoted') this.counts.promotions += 1;
    if (passesBy(event)) return;
    const revision = event.type === 'incomingCall' ? event.call.revision : 'revision' in event ? event.revision : 0;
    assert.ok(revision > (this.revisions.get(callId) ?? 0), `call ${callId}: revision ${revision} after ${this.revisions.get(callId)}`);
    this.revisions.set(callId, revision);
  }
}
