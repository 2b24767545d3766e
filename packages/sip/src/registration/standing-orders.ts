import type { Instant } from '@dialplane/sansio';
import type { AgentCore } from '../user-agent/agent-core.ts';
import type { UserAgentCommand } from '../user-agent/user-agent-command.ts';
import { PeerWatch } from './peer-watch.ts';
import { Registration } from './registration.ts';

type RegistrationCommand = Extract<UserAgentCommand, { readonly kind: 'register' | 'unregister' }>;
type PeerCommand = Extract<UserAgentCommand, { readonly kind: 'watch' | 'unwatch' }>;

/** What a user agent does until it is told otherwise: bindings that it keeps up, peers that it asks. An order of the same name takes the place of the one before. */
export class StandingOrders {
  private readonly core: AgentCore;
  private readonly registrations = new Map<string, Registration>();
  private readonly watches = new Map<string, PeerWatch>();

  constructor(core: AgentCore) {
    this.core = core;
  }

  obeyRegistration(command: RegistrationCommand, now: Instant): void {
    const existing = this.registrations.get(command.registrationId);
    this.registrations.delete(command.registrationId);
    if (command.kind === 'unregister') return existing?.remove(now);
    existing?.abandon();
    const registration = new Registration(this.core, command);
    this.registrations.set(command.registrationId, registration);
    registration.start(now);
    this.core.visits.add(registration);
  }

  obeyWatch(command: PeerCommand, now: Instant): void {
    this.watches.get(command.peerId)?.stop();
    this.watches.delete(command.peerId);
    if (command.kind === 'unwatch') return;
    const watch = new PeerWatch(this.core, command);
    this.watches.set(command.peerId, watch);
    watch.start(now);
    this.core.visits.add(watch);
  }
}
