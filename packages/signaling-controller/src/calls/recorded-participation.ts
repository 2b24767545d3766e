import type { CallSummary } from '@dialplane/calling-api';
import type { Store } from '@dialplane/store';

/** How long somebody took part in a call that has its record, and until when. */
export interface RecordedParticipation {
  readonly answeredMs: number;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
}

/** What the stored record of a call says about one of its endpoints or lines; `undefined` where there is no record. */
export async function recordedParticipation({ database }: Pick<Store, 'database'>, callId: string, endpointId: string): Promise<RecordedParticipation | undefined> {
  const rows = await database.selectFrom('call_summary').select('summary').where('call_id', '=', callId).execute();
  const summary = rows.map((row) => JSON.parse(row.summary) as CallSummary).find((each) => each.endpointId === endpointId);
  if (summary === undefined) return undefined;
  const answeredMs = Math.round(summary.participantDuration * 1000);
  return { answeredMs, endedAt: Date.parse(summary.participantStartTime) + answeredMs };
}
