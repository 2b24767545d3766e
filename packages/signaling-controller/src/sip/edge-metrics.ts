import type { Metrics } from '@dialplane/telemetry';
import type { AdmissionCounters } from './routing/edge-policy.ts';

const outcomes = ['trunk', 'device', 'dialog', 'challenged', 'stranger', 'overload', 'malformed', 'inside', 'limited', 'scrap'] as const;

/** What the sampled gauges read. */
export interface EdgeGauges {
  connections(): number;
  transactions(): number;
  telephones(): number;
}

/** The metrics of the SIP edge. Plain numbers that are read when somebody asks, since they are counted for every message. */
export class EdgeMetrics implements AdmissionCounters {
  private readonly counts = new Map<(typeof outcomes)[number], number>(outcomes.map((outcome) => [outcome, 0]));
  private readonly messages = { received: 0, sent: 0, unreachable: 0, faults: 0 };

  constructor(metrics: Metrics, gauges: EdgeGauges) {
    metrics.sampledGauge({ name: 'sip_connections', help: 'TCP and TLS connections that carry SIP.' }, gauges.connections);
    metrics.sampledGauge({ name: 'sip_transactions', help: 'SIP transactions that are kept.' }, gauges.transactions);
    metrics.sampledGauge({ name: 'sip_telephones_registered', help: 'Telephones that are registered.' }, gauges.telephones);
    metrics.sampledCounter({ name: 'sip_messages_received_total', help: 'SIP messages read.' }, () => this.messages.received);
    metrics.sampledCounter({ name: 'sip_messages_sent_total', help: 'SIP messages sent.' }, () => this.messages.sent);
    metrics.sampledCounter({ name: 'sip_unreachable_total', help: 'ICMP errors about what was sent.' }, () => this.messages.unreachable);
    metrics.sampledCounter({ name: 'sip_faults_total', help: 'Messages that were lost to a fault of the server.' }, () => this.messages.faults);
    for (const outcome of outcomes) metrics.sampledCounter({ name: `sip_requests_${outcome}_total`, help: `SIP requests: ${outcome}.` }, () => this.counts.get(outcome) ?? 0);
  }

  received(): void {
    this.messages.received += 1;
  }
  sent(): void {
    this.messages.sent += 1;
  }
  unreachable(): void {
    this.messages.unreachable += 1;
  }
  fault(): void {
    this.messages.faults += 1;
  }
  scrap(): void {
    this.add('scrap');
  }
  limited(): void {
    this.add('limited');
  }
  count(outcome: Parameters<AdmissionCounters['count']>[0]): void {
    this.add(outcome);
  }

  private add(outcome: (typeof outcomes)[number]): void {
    this.counts.set(outcome, (this.counts.get(outcome) ?? 0) + 1);
  }
}
