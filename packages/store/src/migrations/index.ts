import { identityMigration } from './0001-identity.ts';
import { callsMigration } from './0002-calls.ts';
import { callSnapshotPartsMigration } from './0003-call-snapshot-parts.ts';
import { relayMigration } from './0004-relay.ts';
import { telephonyMigration } from './0005-telephony.ts';
import { sipMessagesMigration } from './0006-sip-messages.ts';
import { openTelephoneLinesMigration } from './0007-open-telephone-lines.ts';
import { callConnectionsMigration } from './0008-call-connections.ts';
import { numberHoldsMigration } from './0009-number-holds.ts';
import { telephoneUsageInOrderMigration } from './0010-telephone-usage-in-order.ts';
import { eventSubscriptionsMigration } from './0011-event-subscriptions.ts';
import { roomsMigration } from './0012-rooms.ts';
import { endedCallsMigration } from './0013-ended-calls.ts';
import type { Migration } from './migration.ts';

/** All migrations in order: the first leads to schema version 1, and so on. Append only. */
export const migrations: readonly Migration[] = [identityMigration, callsMigration, callSnapshotPartsMigration, relayMigration, telephonyMigration, sipMessagesMigration, openTelephoneLinesMigration, callConnectionsMigration, numberHoldsMigration, telephoneUsageInOrderMigration, eventSubscriptionsMigration, roomsMigration, endedCallsMigration];
