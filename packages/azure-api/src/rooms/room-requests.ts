import { maxRoomParticipants, type CreateRoomRequest, type RoomParticipant, RoomRole, type UpdateRoomParticipantsRequest, type UpdateRoomRequest } from '@dialplane/calling-api';
import { AzureError } from '../azure-error.ts';
import { parseObject } from '../json-body.ts';

const roles = RoomRole.anyOf.map(({ const: role }) => role);
const userForm = /^8:acs:[0-9a-zA-Z-]{1,64}_[0-9a-zA-Z-]{1,64}$/;
/** RFC 3339 §5.6. */
const timestampForm = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** The body of a request that makes a room (swagger Rooms 2024-04-15; roles as of 2025-03-13). Throws {@link AzureError}. */
export function parseCreateRoom(body: Uint8Array): CreateRoomRequest {
  const { participants, ...settings } = parseObject(body);
  const { invited } = parseParticipants(participants);
  return { ...parseSettings(settings), participants: [...invited] };
}

/** A merge patch of a room (RFC 7396). As none of its properties can be deleted, `null` changes nothing. Throws {@link AzureError}. */
export function parseRoomPatch(body: Uint8Array): UpdateRoomRequest {
  return parseSettings(parseObject(body));
}

/** A merge patch of who is invited: `null` takes an invitation back. Throws {@link AzureError}. */
export function parseParticipantsPatch(body: Uint8Array): UpdateRoomParticipantsRequest {
  const { invited, removed } = parseParticipants(parseObject(body)['participants']);
  return { invited: [...invited], removed: [...removed] };
}

function parseSettings({ validFrom, validUntil, pstnDialOutEnabled }: Readonly<Record<string, unknown>>): UpdateRoomRequest {
  const from = parseTimestamp(validFrom, 'validFrom');
  const until = parseTimestamp(validUntil, 'validUntil');
  const isAbsent = pstnDialOutEnabled === undefined || pstnDialOutEnabled === null;
  if (!isAbsent && typeof pstnDialOutEnabled !== 'boolean') throw invalid('pstnDialOutEnabled', 'pstnDialOutEnabled is true or false');
  return { ...(from !== undefined && { validFrom: from }), ...(until !== undefined && { validUntil: until }), ...(typeof pstnDialOutEnabled === 'boolean' && { pstnDialOutEnabled }) };
}

function parseTimestamp(value: unknown, target: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || !timestampForm.test(value) || !Number.isFinite(Date.parse(value))) throw invalid(target, `${target} is an instant such as 2026-11-26T12:00:00Z`);
  return value;
}

function parseParticipants(value: unknown): { readonly invited: readonly RoomParticipant[]; readonly removed: readonly string[] } {
  if (value === undefined || value === null) return { invited: [], removed: [] };
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid('participants', 'participants is an object of roles by raw id');
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  if (entries.length > maxRoomParticipants) throw new AzureError('ROOM_FULL', { target: 'participants' });
  const malformed = entries.find(([rawId]) => !userForm.test(rawId));
  if (malformed !== undefined) throw invalid('participants', `${malformed[0].slice(0, 128)} is not the raw id of a communication user`);
  return {
    invited: entries.filter(([, properties]) => properties !== null).map(([rawId, properties]) => ({ rawId, role: parseRole(properties) })),
    removed: entries.filter(([, properties]) => properties === null).map(([rawId]) => rawId),
  };
}

/** `Attendee` without a word. */
function parseRole(properties: unknown): RoomRole {
  const { role } = (typeof properties === 'object' && properties !== null ? properties : {}) as { readonly role?: unknown };
  if (role === undefined || role === null) return 'Attendee';
  const known = roles.find((one) => one === role);
  if (known === undefined) throw invalid('participants', `a role is one of ${roles.join(', ')}`);
  return known;
}

export function invalid(target: string, detail: string): AzureError {
  return new AzureError('ROOM_REQUEST_INVALID', { target, detail });
}
