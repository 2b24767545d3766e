import type { RelayLedger, RelayPlane } from '@dialplane/relay';
import type { Metrics } from '@dialplane/telemetry';

/** Shows in `/metrics` what the relay does now and has done since it was started. */
export function relayMetrics(metrics: Metrics, plane: RelayPlane, ledger: RelayLedger): void {
  const now = (name: string, help: string, sample: () => number): void => metrics.sampledGauge({ name, help }, sample);
  const total = (name: string, help: string, sample: () => number): void => metrics.sampledCounter({ name, help }, sample);
  now('relay_allocations', 'Allocations that exist.', () => plane.statistics().allocationsNow);
  now('relay_streams', 'TCP and TLS connections of clients.', () => plane.statistics().streamsNow);
  now('relay_ledger_backlog', 'Steps of usage that wait to be stored.', () => ledger.backlog);
  now('relay_coalescing_microseconds', 'How long datagrams are gathered before they are handled.', () => plane.statistics().coalescingMicroseconds);
  total('relay_allocations_udp_total', 'Allocations made over UDP.', () => plane.statistics().allocationsUdp);
  total('relay_allocations_tcp_total', 'Allocations made over TCP.', () => plane.statistics().allocationsTcp);
  total('relay_allocations_tls_total', 'Allocations made over TLS.', () => plane.statistics().allocationsTls);
  total('relay_to_peer_bytes_total', 'Payload relayed to peers.', () => plane.statistics().bytesToPeer);
  total('relay_to_peer_packets_total', 'Packets relayed to peers.', () => plane.statistics().packetsToPeer);
  total('relay_to_client_bytes_total', 'Payload relayed to clients.', () => plane.statistics().bytesToClient);
  total('relay_to_client_packets_total', 'Packets relayed to clients.', () => plane.statistics().packetsToClient);
  total('relay_bindings_total', 'STUN Binding requests answered.', () => plane.statistics().bindings);
  total('relay_challenged_total', 'Requests answered with 401 or 438.', () => plane.statistics().challenged);
  total('relay_unanswered_total', 'Requests of strangers beyond their limit.', () => plane.statistics().unanswered);
  total('relay_malformed_total', 'Datagrams and frames that are no message.', () => plane.statistics().malformed);
  total('relay_ports_exhausted_total', 'Allocations refused because no port was left.', () => plane.statistics().portsExhausted);
  total('relay_dropped_packets_total', 'Packets dropped for slow readers and full buffers.', () => plane.statistics().slowReaderDrops + plane.statistics().droppedSends);
  total('relay_faults_total', 'Faults of the relay, each at the cost of one allocation.', () => plane.statistics().faults);
}
