import { readFileSync } from 'node:fs';

/** A frame, and what its bytes are. */
export interface Vector {
  name: string;
  frame: string;
  hex: string;
  fields: Record<string, unknown>;
}

/** Bytes that no receiver may take. */
export interface InvalidVector {
  name: string;
  direction: 'client' | 'helper';
  hex: string;
  /** So many zeros follow. */
  zeros?: number;
}

/** The vectors of a protocol that helper/ is tested with as well. */
export function sharedVectors(protocol: 'wire' | 'tunnel') {
  const read = (file: string): unknown =>
    JSON.parse(
      readFileSync(new URL(`../../helper/testdata/${protocol}/${file}.json`, import.meta.url), 'utf8'),
    );
  return {
    client: read('client') as Vector[],
    helper: read('helper') as Vector[],
    invalid: read('invalid') as InvalidVector[],
  };
}

/** As messages have them: content is bytes there and hex in the vectors. */
export function fieldsOf({ fields, frame }: Vector): { frame: string } & Record<string, unknown> {
  const { content } = fields;
  return {
    frame,
    ...fields,
    ...(typeof content === 'string' ? { content: Buffer.from(content, 'hex') } : {}),
  };
}
