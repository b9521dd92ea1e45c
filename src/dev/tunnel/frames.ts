import { Failure, isFailure } from '../../base/failure.js';
import { Reader, Writer } from '../../sync/wire/values.js';

export type Transport = 'tcp' | 'udp';

/** Content in one DATA frame. */
export const maxContent = 65_536;
/** What one WINDOW may give, and a window may become. */
export const maxGrant = 4_194_304;

/** Codes of RESET. */
export const resetCodes = { refused: 1, unreachable: 2, broken: 3, tooMany: 4, gone: 5 } as const;

/** Codes of REFUSED. */
export const refusedCodes = { taken: 1, notAllowed: 2, noAddress: 3, other: 4, stopped: 5 } as const;

/** What both sides say of a stream. */
type StreamFrame =
  | { frame: 'DATA'; stream: number; content: Buffer }
  | { frame: 'END'; stream: number }
  | { frame: 'RESET'; stream: number; code: number; reason: string }
  | { frame: 'WINDOW'; stream: number; bytes: number };

/** Client to helper; the names and fields are those of docs/tunnel-protocol.md. */
export type TunnelRequest =
  | { frame: 'LISTEN'; listener: number; transport: Transport; address: string; port: number }
  | { frame: 'CONNECT'; stream: number; transport: Transport; port: number }
  | { frame: 'UNLISTEN'; listener: number }
  | { frame: 'PING'; nonce: number }
  | { frame: 'BYE' }
  | StreamFrame;

/** Helper to client. */
export type TunnelReply =
  | { frame: 'LISTENING'; listener: number }
  | { frame: 'REFUSED'; listener: number; code: number; reason: string }
  | { frame: 'ACCEPTED'; stream: number; listener: number }
  | { frame: 'CONNECTED'; stream: number }
  | { frame: 'PONG'; nonce: number }
  | StreamFrame;

/** The other end broke the protocol: always ends the tunnel. */
export function tunnelProtocolFailure(what: string): Failure {
  return new Failure({
    code: 'TUNNEL_PROTOCOL',
    message: `The helper in the container sent something it must not: ${what}.`,
    hint: 'Run the command again; if this repeats, replace the container, since something else writes to the stream.',
  });
}

/** The whole frame, length included. */
export function encodeTunnel(message: TunnelRequest): Buffer {
  const bytes = build(message).finish();
  bytes.writeUInt32BE(bytes.length - 4, 0);
  return bytes;
}

/** The part of a DATA frame before its content. */
export function dataHead(stream: number, length: number): Buffer {
  const head = begin(0x10, 16).uint(stream).finish();
  head.writeUInt32BE(head.length - 4 + length, 0);
  return head;
}

function build(message: TunnelRequest): Writer {
  switch (message.frame) {
    case 'LISTEN': {
      const { address, listener, port, transport } = message;
      return begin(0x01).uint(listener).u8(numbers[transport]).text(address).uint(port);
    }
    case 'CONNECT':
      return begin(0x02).uint(message.stream).u8(numbers[message.transport]).uint(message.port);
    case 'UNLISTEN':
      return begin(0x03).uint(message.listener);
    case 'PING':
      return begin(0x0d).uint(message.nonce);
    case 'DATA':
      return begin(0x10, message.content.length + 16)
        .uint(message.stream)
        .raw(message.content);
    case 'END':
      return begin(0x11).uint(message.stream);
    case 'RESET':
      return begin(0x12).uint(message.stream).uint(message.code).text(message.reason);
    case 'WINDOW':
      return begin(0x13).uint(message.stream).uint(message.bytes);
    case 'BYE':
      break;
  }
  return begin(0x0e);
}

const numbers = { tcp: 0, udp: 1 } as const;

function begin(type: number, size?: number): Writer {
  return new Writer(4, size).u8(type);
}

/** The opposite of the helper's encoder. Throws TUNNEL_PROTOCOL for anything the page does not allow. DATA's content is a view of `body`. */
export function decodeTunnel(type: number, body: Buffer): TunnelReply {
  try {
    const from = new Reader(body);
    const message = read(type, from);
    from.end();
    return message;
  } catch (error) {
    // The values are read as those of sync are.
    throw isFailure(error, 'SYNC_PROTOCOL') ? tunnelProtocolFailure('a malformed frame') : error;
  }
}

function read(type: number, from: Reader): TunnelReply {
  switch (type) {
    case 0x10: {
      const stream = from.uint();
      if (from.remaining > maxContent)
        throw tunnelProtocolFailure(`${from.remaining} bytes of content in one frame`);
      return { frame: 'DATA', stream, content: from.rest() };
    }
    case 0x11:
      return { frame: 'END', stream: from.uint() };
    case 0x12:
      return { frame: 'RESET', stream: from.uint(), code: from.uint(), reason: from.text() };
    case 0x13: {
      const stream = from.uint();
      const bytes = from.uintUpTo(maxGrant, 'a window of');
      if (bytes === 0) throw tunnelProtocolFailure('a window of nothing');
      return { frame: 'WINDOW', stream, bytes };
    }
    case 0x81:
      return { frame: 'LISTENING', listener: from.uint() };
    case 0x82:
      return { frame: 'REFUSED', listener: from.uint(), code: from.uint(), reason: from.text() };
    case 0x83:
      return { frame: 'ACCEPTED', stream: from.uint(), listener: from.uint() };
    case 0x84:
      return { frame: 'CONNECTED', stream: from.uint() };
    case 0x8d:
      return { frame: 'PONG', nonce: from.uint() };
    default:
      throw tunnelProtocolFailure(`a frame of type ${type}`);
  }
}
