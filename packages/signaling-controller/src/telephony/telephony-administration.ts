import type {
  ApiErrorCode, CreatedSipDevice, CreateSipDeviceRequest, DialingPolicy, DialPlan, EventSubscription, EventSubscriptionList, LimitUseList, PutEventSubscriptionRequest, PutTelephoneNumberRequest, PutTrunkRequest, SipDeviceList, TelephoneNumber,
  TelephoneNumberList, TelephoneUsageGrouping, TelephoneUsageList, TelephoneUsageRecordList, TelephoneUsageSums, TestRoutesRequest, Trunk, TrunkList, TrunkPresetList, VoiceRoutes,
} from '@dialplane/calling-api';

/** What was done, or why it was not: a code of the calling API, a sentence, and the field at fault. */
export type TelephonyAnswer<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly code: Extract<ApiErrorCode, 'REQUEST_INVALID' | 'TELEPHONY_LIMIT' | 'TRUNK_NOT_FOUND' | 'TRUNK_IN_USE' | 'NUMBER_NOT_FOUND' | 'DEVICE_NOT_FOUND' | 'DEVICE_EXISTS' | 'EVENT_SUBSCRIPTION_NOT_FOUND'>;
      readonly sentence?: string;
      /** `body.routes.2.numberPattern`. */
      readonly target?: string;
    };

/** Which rows of the ledger of lines are meant. Instants are milliseconds since 1970, `to` is not included. */
export interface TelephoneUsageFilter {
  readonly from?: number;
  readonly to?: number;
  readonly callId?: string;
  readonly identifier?: string;
  readonly trunk?: string;
}

export interface TelephoneUsagePage {
  readonly limit: number;
  /** As the page before gave it. */
  readonly cursor: string | undefined;
}

/** What operators ask of telephony: trunks, numbers, routes, limits, SIP phones, usage. Failures of the store are `StoreError`. */
export interface TelephonyAdministration {
  trunks(): TrunkList;
  trunk(name: string): TelephonyAnswer<Trunk>;
  putTrunk(name: string, request: PutTrunkRequest): Promise<TelephonyAnswer<Trunk>>;
  deleteTrunk(name: string): Promise<TelephonyAnswer<undefined>>;
  trunkPresets(): TrunkPresetList;
  numbers(): TelephoneNumberList;
  putNumber(number: string, request: PutTelephoneNumberRequest): Promise<TelephonyAnswer<TelephoneNumber>>;
  deleteNumber(number: string): Promise<TelephonyAnswer<undefined>>;
  routes(): VoiceRoutes;
  replaceRoutes(routes: VoiceRoutes): Promise<TelephonyAnswer<VoiceRoutes>>;
  /** Decides as for a call, and calls nobody. */
  testRoutes(request: TestRoutesRequest): DialPlan;
  policy(): DialingPolicy;
  replacePolicy(policy: DialingPolicy): Promise<TelephonyAnswer<DialingPolicy>>;
  limitUse(): LimitUseList;
  devices(): SipDeviceList;
  createDevice(request: CreateSipDeviceRequest): Promise<TelephonyAnswer<CreatedSipDevice>>;
  deleteDevice(username: string): Promise<TelephonyAnswer<undefined>>;
  /** Webhooks that are told of calls between users. */
  eventSubscriptions(): EventSubscriptionList;
  putEventSubscription(name: string, request: PutEventSubscriptionRequest): Promise<TelephonyAnswer<EventSubscription>>;
  deleteEventSubscription(name: string): Promise<TelephonyAnswer<undefined>>;
  /** `undefined` where the cursor is not one of this list. */
  usage(filter: TelephoneUsageFilter, page: TelephoneUsagePage): Promise<TelephoneUsageList | undefined>;
  usageSums(filter: TelephoneUsageFilter, grouping: TelephoneUsageGrouping): Promise<TelephoneUsageSums>;
  /** `undefined` where the cursor is not one of this list. */
  usageRecords(filter: TelephoneUsageFilter, page: TelephoneUsagePage): Promise<TelephoneUsageRecordList | undefined>;
}
