import assert from 'node:assert/strict';
import type { IncomingLine, LineCommand, LineEvent } from '@dialplane/telephony-api';
import type { Chance } from '../chance.ts';

/** Something that happens on a line after a while. */
export interface LineTask {
  readonly afterMs: number;
  readonly event: LineEvent;
}

/**
 * Telephony as the owner of a call sees it: telephones are called, ring, answer, are busy, never answer, hold, press keys, transfer and hang up; networks lose them;
 * and what they do crosses what is done to them. It ends with the controller that it is a part of.
 */
export class TelephoneNetwork {
  readonly counts = { dialled: 0, incoming: 0, answered: 0, transfers: 0 };
  private readonly chance: Chance;
  /** Lines that have not ended yet; `answered` those on which somebody talks. */
  private readonly open = new Map<string, 'ringing' | 'answered'>();

  constructor(chance: Chance) {
    this.chance = chance;
  }

  /** Lines whose end nobody has brought about. */
  get lines(): readonly string[] {
    return [...this.open.keys()];
  }

  /** A telephone calls. */
  ring(target: IncomingLine['target'], from: string): LineEvent {
    const lineId = this.chance.uuid();
    this.open.set(lineId, 'ringing');
    this.counts.incoming += 1;
    return { kind: 'incoming', line: { lineId, from, to: '4:+15550199', target, trunk: 'north' } };
  }

  /** What a command leads to. One for a line that is over leads to nothing. */
  obey(command: LineCommand): LineTask[] {
    const { lineId } = command;
    if (command.kind === 'dial') {
      assert.ok(!this.open.has(lineId), `line ${lineId} is dialled twice`);
      this.open.set(lineId, 'ringing');
      this.counts.dialled += 1;
      return this.beCalled(lineId);
    }
    if (!this.open.has(lineId)) return [];
    if (command.kind === 'hangUp' || command.kind === 'reject') return [{ afterMs: this.chance.between(1, 200), event: { kind: 'ended', lineId, end: { by: 'local' } } }];
    if (command.kind === 'transfer') return [{ afterMs: this.chance.between(200, 20_000), event: { kind: 'transferEnded', lineId, status: this.chance.pick([200, 405, 486]) } }];
    if (command.kind !== 'connect' || this.open.get(lineId) === 'answered') return [];
    return this.talk(lineId, 0);
  }

  /** Whether this is news still: nothing follows the end of a line. */
  tells({ event }: LineTask): boolean {
    if (event.kind === 'incoming') return true;
    if (!this.open.has(event.lineId)) return false;
    if (event.kind === 'answered') this.open.set(event.lineId, 'answered');
    if (event.kind === 'ended') this.open.delete(event.lineId);
    return true;
  }

  private beCalled(lineId: string): LineTask[] {
    const { chance } = this;
    const ringsAfterMs = chance.between(20, 3_000);
    const tasks: LineTask[] = [{ afterMs: chance.between(1, 20), event: { kind: 'routed', lineId, trunk: 'north', why: 'the first route' } }];
    const end = (afterMs: number, status: number): LineTask => ({ afterMs, event: { kind: 'ended', lineId, end: { by: 'remote', status, reasonText: 'No' } } });
    const outcome = chance.weigh({ answer: 12, busy: 2, decline: 1, never: 2, lost: 1 });
    if (outcome === 'busy') return [...tasks, end(ringsAfterMs, 486)];
    tasks.push({ afterMs: ringsAfterMs, event: { kind: 'progress', lineId, status: 180, hasEarlyMedia: chance.happens(0.3) } });
    const laterMs = ringsAfterMs + chance.between(500, 20_000);
    if (outcome === 'decline') return [...tasks, end(laterMs, 603)];
    if (outcome === 'lost') return [...tasks, { afterMs: laterMs, event: { kind: 'ended', lineId, end: { by: 'network' } } }];
    return outcome === 'never' ? tasks : [...tasks, { afterMs: laterMs, event: { kind: 'answered', lineId } }, ...this.talk(lineId, laterMs)];
  }

  /** From the answer to the end. A telephone that nobody hangs up hangs up by itself. */
  private talk(lineId: string, afterMs: number): LineTask[] {
    const { chance } = this;
    this.counts.answered += 1;
    const tasks: LineTask[] = [];
    const at = (least: number, most: number): number => afterMs + chance.between(least, most);
    if (chance.happens(0.3)) tasks.push({ afterMs: at(500, 10_000), event: { kind: 'held', lineId, isHeld: true } });
    if (chance.happens(0.3)) tasks.push({ afterMs: at(500, 20_000), event: { kind: 'dtmf', lineId, tone: '5' } });
    if (chance.happens(0.2)) {
      this.counts.transfers += 1;
      tasks.push({ afterMs: at(500, 20_000), event: { kind: 'transferRequested', lineId, target: { kind: 'number', number: `+1555010${chance.below(4)}` } } });
    }
    const isLost = chance.happens(0.1);
    tasks.push({ afterMs: at(3_000, 120_000), event: { kind: 'ended', lineId, end: { by: isLost ? 'network' : 'remote' } } });
    if (this.open.get(lineId) === 'ringing' && afterMs === 0) this.open.set(lineId, 'answered');
    return tasks;
  }
}
