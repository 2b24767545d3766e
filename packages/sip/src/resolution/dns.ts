/** A question to the domain name system. Names have no final dot and are as the URI or record has them. */
export interface DnsQuestion {
  readonly type: 'NAPTR' | 'SRV' | 'A' | 'AAAA';
  readonly name: string;
}

/** RFC 3403 §4.1. */
export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  /** `s`: the replacement is the name of SRV records. */
  readonly flags: string;
  /** `SIP+D2U`, `SIPS+D2T`, … */
  readonly service: string;
  readonly replacement: string;
}

/** RFC 2782. */
export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** `.`: the service is not there. */
  readonly target: string;
}

/** What came back: no records where there are none, or where nobody answered. */
export type DnsAnswer =
  | { readonly type: 'NAPTR'; readonly name: string; readonly records: readonly NaptrRecord[] }
  | { readonly type: 'SRV'; readonly name: string; readonly records: readonly SrvRecord[] }
  | { readonly type: 'A' | 'AAAA'; readonly name: string; readonly records: readonly string[] };
