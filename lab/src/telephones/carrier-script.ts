import { isIPv6 } from 'node:net';

/** What a carrier of the lab does with calls. */
export interface CarrierPlan {
  readonly domain: string;
  /** Its own address, on which it listens. */
  readonly address: string;
  /** IP address of the server that it interconnects with: what comes from there is for a subscriber. */
  readonly interconnect: string;
  /** URI parameters of the way there (`transport=tls`); UDP without them. */
  readonly interconnectUri: string;
  /** Answers every INVITE from the interconnection with this status, as a session border controller that is out of order does. */
  readonly refusal?: number;
  /** The subscriber whose telephone rings for two seconds and no longer, when it is called through the interconnection. */
  readonly impatientFor?: string;
  /** The subscriber to whom calls to the number of status 302 are sent on. */
  readonly sendsOnTo?: string;
  /** The customer behind the interconnection has to prove who it is, registers, and is called where it has registered. */
  readonly customer?: { readonly username: string; readonly password: string };
  /** The tls.cfg of kamailio. */
  readonly tlsConfiguration: string;
}

/**
 * A numbering plan without a database: subscribers are who has registered; numbers `+14255560xyz` are refused with the status `xyz` and words of the carrier's own;
 * every other call of a subscriber goes to the interconnection, with the caller in P-Asserted-Identity (RFC 3325).
 */
export function carrierScript({ domain, address, interconnect, interconnectUri, refusal, impatientFor, sendsOnTo, customer, tlsConfiguration }: CarrierPlan): string {
  const listening = bracketed(address);
  return `#!KAMAILIO
debug=1
log_stderror=yes
children=2
tcp_children=2
auto_aliases=no
enable_tls=yes
alias="${domain}"
listen=udp:${listening}:5060
listen=tcp:${listening}:5060
listen=tls:${listening}:5061
loadmodule "tls.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "sanity.so"
loadmodule "nathelper.so"
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "auth.so"
modparam("tls", "config", "${tlsConfiguration}")
modparam("usrloc", "db_mode", 0)
modparam("registrar", "gruu_enabled", 0)
modparam("nathelper", "received_avp", "$avp(received)")
modparam("registrar", "received_avp", "$avp(received)")
modparam("rr", "enable_double_rr", 1)
event_route[core:worker-one-init] { xlog("L_ERR", "carrier is ready\\n"); }
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (!sanity_check("17895", "7")) { exit; }
  force_rport();
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) {
    if (loose_route()) { handle_ruri_alias(); t_relay(); exit; }
    if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
    sl_send_reply("404", "Not here");
    exit;
  }
  if (is_method("REGISTER")) {${customer === undefined ? '' : ` if ($fU == "${customer.username}" && !pv_www_authenticate("${domain}", "${customer.password}", "0")) { www_challenge("${domain}", "1"); exit; }`} fix_nated_register(); if (save("location")) { xlog("L_ERR", "registered $tU\\n"); } exit; }
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  t_check_trans();
  if (is_method("INVITE")) { if (nat_uac_test("19")) add_contact_alias(); record_route(); }
  if (src_ip == ${bracketed(interconnect)}) {
    ${customer === undefined ? '' : `if (is_method("INVITE") && !pv_proxy_authenticate("${domain}", "${customer.password}", "0")) { proxy_challenge("${domain}", "1"); exit; }`}
    ${refusal === undefined ? '' : `if (is_method("INVITE")) { sl_send_reply("${refusal}", "Out of order"); exit; }`}
    if ($rU =~ "^\\+14255560[3-6][0-9][0-9]$") { $var(status) = $(rU{s.substr,9,3}{s.int}); ${sendsOnTo === undefined ? '' : `if ($var(status) == 302) append_to_reply("Contact: <sip:${sendsOnTo}@${domain}>\\r\\n"); `}sl_send_reply("$var(status)", "Refused by the carrier"); exit; }
    ${impatientFor === undefined ? '' : `if ($rU == "${impatientFor}") t_set_fr("2000");`}
    if (!lookup("location")) { sl_send_reply("404", "No such subscriber"); exit; }
    t_relay();
    exit;
  }
  if (lookup("location")) { t_relay(); exit; }
  append_hf("P-Asserted-Identity: <sip:$fU@${domain}>\\r\\n");
  ${customer === undefined ? `$du = "${interconnectUri}";` : `$ru = "sip:${customer.username}@${domain}"; if (!lookup("location")) { sl_send_reply("480", "Not registered"); exit; }`}
  t_relay();
}
`;
}

function bracketed(address: string): string {
  return isIPv6(address) ? `[${address}]` : address;
}
