/** A message written with `\n` for its line ends. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll('\n', '\r\n')));
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

/** An INVITE as a carrier sends it: two proxies on its way, a body of 142 bytes. */
export const inviteText = `INVITE sip:+15550100@sbc.example.com:5061;transport=tls SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds;rport
Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK776asdhdt;received=192.0.2.3, SIP/2.0/TCP pc33.atlanta.example.com;branch=z9hG4bKnashds8
Max-Forwards: 70
Record-Route: <sip:p1.example.com;lr>
To: Bob <sip:bob@biloxi.example.com>
From: "Alice \\"A\\"" <sip:alice@atlanta.example.com>;tag=1928301774
Call-ID: a84b4c76e66710@pc33.atlanta.example.com
CSeq: 314159 INVITE
Contact: <sip:alice@pc33.atlanta.example.com>
X-Unknown:   left ; as, it is \t
Supported: 100rel, timer
Content-Type: application/sdp
Content-Length: 142

${'v'.repeat(142)}`;
