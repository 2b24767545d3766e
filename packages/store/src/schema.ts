import type { IdentityTables } from './migrations/0001-identity.ts';
import type { CallTables } from './migrations/0002-calls.ts';
import type { CallSnapshotPartTables } from './migrations/0003-call-snapshot-parts.ts';
import type { RelayTables } from './migrations/0004-relay.ts';
import type { TelephonyTables } from './migrations/0005-telephony.ts';
import type { SipMessageTables } from './migrations/0006-sip-messages.ts';
import type { OpenTelephoneLineTables } from './migrations/0007-open-telephone-lines.ts';
import type { CallConnectionTables } from './migrations/0008-call-connections.ts';
import type { NumberHoldTables } from './migrations/0009-number-holds.ts';
import type { EventSubscriptionTables } from './migrations/0011-event-subscriptions.ts';
import type { RoomTables } from './migrations/0012-rooms.ts';

/**
 * Every table as the newest migration leaves it. Each migration file declares the tables it makes; a migration that changes a
 * table changes the declaration where it stands.
 *
 * Conventions: instants are integers, milliseconds since 1970 (`…_at`); booleans are 0 and 1; lists and objects are JSON text.
 */
export interface Schema extends IdentityTables, CallTables, CallSnapshotPartTables, RelayTables, TelephonyTables, SipMessageTables, OpenTelephoneLineTables, CallConnectionTables, NumberHoldTables, EventSubscriptionTables, RoomTables {}
