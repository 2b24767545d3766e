import type {
  CreatedSipDevice, CreateSipDeviceRequest, DialingPolicy, DialPlan, EventSubscription, EventSubscriptionList, LimitUseList, PutEventSubscriptionRequest, PutTelephoneNumberRequest, PutTrunkRequest, SipDeviceList, TelephoneNumber, TelephoneNumberList,
  TestRoutesRequest, Trunk, TrunkList, TrunkPresetList, VoiceRoutes,
} from '@dialplane/calling-api';
import type { ReaderThread } from '@dialplane/store';
import type { TelephonyBooks } from '../open-telephony-books.ts';
import { healthView } from '../trunks/trunk-health-board.ts';
import { trunkPresets } from '../trunks/trunk-presets.ts';
import type { TrunkEntry } from '../trunks/trunk-settings.ts';
import type { UsageReport } from '../usage/usage-report.ts';
import { done, refusal, type Answer } from './answer.ts';

type DeskBooks = Pick<TelephonyBooks, 'trunks' | 'health' | 'numbers' | 'routes' | 'policy' | 'devices' | 'meter' | 'router' | 'incomingCalls' | 'eventSubscriptions'>;

/** What operators ask of telephony, over the books. */
export class TelephonyDesk {
  readonly #books: DeskBooks;
  readonly #userExists: (identifier: string) => Promise<boolean>;
  readonly #reports: ReaderThread<UsageReport>;

  constructor(books: DeskBooks, userExists: (identifier: string) => Promise<boolean>, reports: ReaderThread<UsageReport>) {
    this.#books = books;
    this.#userExists = userExists;
    this.#reports = reports;
  }

  trunks(): TrunkList {
    return { value: this.#books.trunks.list().map((entry) => this.#view(entry)).toSorted((one, other) => (one.name < other.name ? -1 : 1)) };
  }

  trunk(name: string): Answer<Trunk> {
    const entry = this.#books.trunks.list().find(({ settings }) => settings.name === name.toLowerCase());
    return entry === undefined ? refusal('TRUNK_NOT_FOUND') : done(this.#view(entry));
  }

  async putTrunk(name: string, request: PutTrunkRequest): Promise<Answer<Trunk>> {
    const put = await this.#books.trunks.put(name, request);
    return put.ok ? this.trunk(name) : put;
  }

  async deleteTrunk(name: string): Promise<Answer<undefined>> {
    const lower = name.toLowerCase();
    const { trunks, routes, numbers } = this.#books;
    if (!trunks.has(lower)) return refusal('TRUNK_NOT_FOUND');
    if (routes.names(lower) || numbers.names(lower)) return refusal('TRUNK_IN_USE');
    return trunks.delete(lower);
  }

  trunkPresets(): TrunkPresetList {
    return { value: [...trunkPresets] };
  }

  numbers(): TelephoneNumberList {
    return { value: [...this.#books.numbers.list()] };
  }

  /**
   * A webhook is asked whether it wants to be called (Event Grid, subscription validation). Users have to be there: their identifiers are drawn by this server, so that one which nobody has is a
   * slip, and whoever calls the number would hear of it first.
   */
  async putNumber(number: string, request: PutTelephoneNumberRequest): Promise<Answer<TelephoneNumber>> {
    const { target } = request;
    const fault = target?.kind === 'webhook' ? await this.#books.incomingCalls.validate(target.url) : undefined;
    if (fault !== undefined) return refusal('REQUEST_INVALID', fault, 'body.target.url');
    for (const [index, identifier] of target?.kind === 'users' ? target.identifiers.entries() : []) {
      if (!(await this.#userExists(identifier))) return refusal('REQUEST_INVALID', `There is no user ${identifier} on this server. Create the user first, or take one that exists.`, `body.target.identifiers.${index}`);
    }
    return this.#books.numbers.put(number, request);
  }

  deleteNumber(number: string): Promise<Answer<undefined>> {
    return this.#books.numbers.delete(number);
  }

  routes(): VoiceRoutes {
    return { routes: [...this.#books.routes.routes] };
  }

  replaceRoutes(routes: VoiceRoutes): Promise<Answer<VoiceRoutes>> {
    return this.#books.routes.replace(routes);
  }

  /** Decides as for a call, and calls nobody. */
  testRoutes(request: TestRoutesRequest): DialPlan {
    return this.#books.router.plan(request);
  }

  policy(): DialingPolicy {
    return this.#books.policy.policy;
  }

  replacePolicy(policy: DialingPolicy): Promise<Answer<DialingPolicy>> {
    return this.#books.policy.replace(policy);
  }

  limitUse(): LimitUseList {
    return { value: [...this.#books.meter.use()], currency: this.#books.policy.policy.currency };
  }

  devices(): SipDeviceList {
    return { value: [...this.#books.devices.list()] };
  }

  createDevice(request: CreateSipDeviceRequest): Promise<Answer<CreatedSipDevice>> {
    return this.#books.devices.create(request);
  }

  deleteDevice(username: string): Promise<Answer<undefined>> {
    return this.#books.devices.delete(username);
  }

  eventSubscriptions(): EventSubscriptionList {
    return { value: [...this.#books.eventSubscriptions.list()] };
  }

  /** As for the webhook of a number, but that one which is to be told nothing for now is not asked. */
  async putEventSubscription(name: string, request: PutEventSubscriptionRequest): Promise<Answer<EventSubscription>> {
    if (request.isPaused === true) return this.#books.eventSubscriptions.put(name, request, false);
    const fault = await this.#books.incomingCalls.validate(request.url);
    return fault === undefined ? this.#books.eventSubscriptions.put(name, request, true) : refusal('REQUEST_INVALID', fault, 'body.url');
  }

  deleteEventSubscription(name: string): Promise<Answer<undefined>> {
    return this.#books.eventSubscriptions.delete(name);
  }

  usage(...asked: Parameters<UsageReport['rows']>): ReturnType<UsageReport['rows']> {
    return this.#reports.ask('rows', ...asked);
  }

  usageSums(...asked: Parameters<UsageReport['sums']>): ReturnType<UsageReport['sums']> {
    return this.#reports.ask('sums', ...asked);
  }

  usageRecords(...asked: Parameters<UsageReport['records']>): ReturnType<UsageReport['records']> {
    return this.#reports.ask('records', ...asked);
  }

  #view({ settings, secrets }: TrunkEntry): Trunk {
    const { credentials, admission, ...rest } = settings;
    const { digest, ...admitted } = admission;
    const { health, meter } = this.#books;
    return {
      ...rest,
      ...(credentials !== undefined && { credentials: { ...credentials, hasSecret: secrets.password !== undefined } }),
      admission: { ...admitted, ...(digest !== undefined && { digest: { ...digest, hasSecret: secrets.digest !== undefined } }) },
      health: healthView(health.of(settings.name), health.callsOf(settings.name), settings.isEnabled, meter.linesOn(settings.name)),
    };
  }
}
