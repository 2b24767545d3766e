/**
 * A seeded world in virtual time: hosts that run machines without I/O, links that lose, delay, double and reorder what is on
 * them, partitions, crashes, and checkers after every step. Hours pass in seconds, and a seed repeats every failure.
 *
 * A {@link World} knows only messages. A datagram protocol's machine (STUN, TURN, SIP over UDP) is put on a {@link Host} as it
 * is, with datagrams for messages; request/response protocols send both ways over the same links, with {@link RequestClient}
 * on the asking side. A connection that keeps order is a link with `isOrdered`.
 *
 * `calls/` is a world of users, a controller with the call engine on it, and a media processor; `relay/` one of users, peers and a relay,
 * `telephones/` one of SIP telephones and the proxy between them.
 *
 * ```ts
 * const world = new World<Uint8Array>(7);
 * world.setDefaultConditions(lossyLink);
 * const server = world.add('server', (disk, now) => new StunServerMachine(now));
 * world.check(() => assert.ok(server.program === undefined || server.program.size <= 100));
 * world.run(60_000);
 * ```
 *
 * Out of scope: real clocks and sockets, and anything a machine does not reach through its inputs and outputs.
 */
export { Agenda } from './agenda.ts';
export { Chance } from './chance.ts';
export { Disk, Host, type Boot, type HostMachine, type Received, type Transmission } from './host.ts';
export { Link, lossyLink, reliableLink, type LinkConditions } from './link.ts';
export { RequestClient, type Request, type Response } from './request-client.ts';
export { World, type Checker, type Tally } from './world.ts';
export { runCalls, type CallsReport, type CallsScenario } from './calls/scenario.ts';
export { runRelayWorld, type RelayReport, type RelayWorldSize } from './relay/relay-world.ts';
export { runTelephonesWorld, type TelephonesReport, type TelephonesSize } from './telephones/telephones-world.ts';
