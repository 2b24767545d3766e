/**
 * The lab: a network of real hosts on one machine, and people who call each other in it.
 *
 * A network is described as data ({@link NetworkPlan}) and built from Linux network namespaces, veth pairs and bridges: IPv4, IPv6 or both, with
 * routers that translate, filter, lose or delay ({@link UplinkPlan}), and hosts that are carried elsewhere while they talk (`Network.move`). On its hosts run the real programs: the server, Chromium, tshark. People have a tone and a picture of their own, sent by the fake
 * devices of their browser, so that a story can assert at the *other* side who arrives, and that silence, black or one's own
 * media do not pass for it. Networks and what is done to them are in `network`, recordings in `captures`, browsers and their pages in `browsers`,
 * telephones and carriers in `telephones`, and `stories` holds every call flow as an executable story; the tests beside these files prove the
 * lab itself with a plain RTCPeerConnection. Whatever a story captures is judged by tshark when the story is over (`captures/malformed-packets.ts`).
 *
 * It assumes root on Linux, and the packages that `tools/system-packages.json` names for tests: browsers, tshark, a SIP server and telephones, a name server. Whatever a run leaves behind when it
 * crashes is swept by the next one. Loss is random and delay is constant; what has to be repeated to the packet belongs to `sim`.
 *
 * ```ts
 * await using network = await buildNetwork({
 *   segments: { office: { subnet: '192.168.1.0/24' } },
 *   hosts: { anna: { segment: 'office', address: '192.168.1.10' } },
 * });
 * await using capture = await startCapture(network.host('anna'));
 * await using annas = await launchBrowser(network.host('anna'), { person: 'anna' });
 * ```
 */
export { buildNetwork, type Network } from './network/network.ts';
export type { HostPlan, NetworkPlan, RouterPlan } from './network/network-plan.ts';
export type { FirewallKind, NatKind, UplinkPlan } from './network/uplink.ts';
export { Host } from './network/host.ts';
export { startCapture, type Capture } from './captures/capture.ts';
export { launchBrowser, thisMachine, type BrowserOptions, type LabBrowser, type Place } from './browsers/chromium.ts';
export { launchFirefox, openFirefoxPage, type FirefoxOptions, type LabFirefox } from './browsers/firefox.ts';
export { openLabPage, openPage, pageDocument, type LabPage } from './browsers/lab-page.ts';
export type { PhonePage, PlainCallPage, StopwatchPage } from './browsers/page-contracts.ts';
export { startDialplane, type DialplaneOptions, type DialplaneServer } from './dialplane-server.ts';
export { labTest } from './requirements.ts';
export { everybody, people, type Person } from './browsers/test-signal.ts';
