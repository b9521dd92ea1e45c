import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  visit,
  type Document,
  type YAMLMap,
} from 'yaml';
import { Failure } from '../base/failure.js';

/** A text of one or more Kubernetes objects, as it came: kubectl gets that very text, so its YAML 1.1 (`yes`, `0644`) means what it always meant. */
export interface Manifest {
  /** File, relative to the project, or URL or folder it was rendered from. */
  readonly origin: string;
  readonly text: string;
  readonly documents: readonly Document[];
  readonly objects: readonly ManifestObject[];
}

export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Only when the manifest itself says it. */
  readonly namespace: string | undefined;
  /** Where it starts: `kube/web.yaml:12`. */
  readonly place: string;
}

/** Parses a manifest and finds what is in it, before anything is sent. Fails with MANIFEST_INVALID, naming file, line and column. */
export function parseManifest(origin: string, source: string): Manifest {
  const text = asYaml(origin, source);
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    version: '1.1',
    merge: true,
    lineCounter: lines,
    logLevel: 'silent',
  });
  const documents = Array.isArray(parsed) ? parsed : [];
  for (const { errors } of documents) {
    const [error] = errors;
    if (!error) continue;
    const { line, col } = lines.linePos(error.pos[0]);
    // The library writes the message, then the place, then the line with a pointer under it.
    const [message = '', ...frame] = error.message.split('\n');
    throw invalid(`${origin}:${line}:${col}`, message.replace(/ at line \d+, column \d+:?$/, ''), {
      details: frame.filter((part) => part.trim() !== ''),
    });
  }
  const objects = documents.flatMap((document) => {
    const { contents } = document;
    refuseTemplates(document, placeOf);
    if (contents === null || (isScalar(contents) && contents.value === null)) return [];
    const root = resolve(contents, document);
    const place = placeOf(contents.range?.[0] ?? 0);
    if (!isMap(root))
      throw invalid(place(), 'A Kubernetes object is a mapping with apiVersion, kind and metadata');
    return objectsOf(root, document, placeOf);
  });
  return { origin, text, documents, objects };

  function placeOf(offset: number): (withColumn?: boolean) => string {
    const { line, col } = lines.linePos(offset);
    return (withColumn = true) => `${origin}:${line}${withColumn ? `:${col}` : ''}`;
  }
}

type PlaceOf = (offset: number) => (withColumn?: boolean) => string;

function objectsOf(map: YAMLMap, document: Document, placeOf: PlaceOf): ManifestObject[] {
  const place = placeOf(map.range?.[0] ?? 0);
  const [apiVersion, kind] = ['apiVersion', 'kind'].map((key) => {
    const value = textAt(map, [key], document);
    if (value === undefined || value === '') throw invalid(place(), `This object has no ${key}`);
    return value;
  }) as [string, string];
  const items = resolve(map.get('items', true), document);
  if (kind.endsWith('List') && isSeq(items))
    return items.items.flatMap((item) => {
      const node = resolve(item, document);
      if (!isMap(node)) throw invalid(place(), `An item of this ${kind} is no mapping`);
      return objectsOf(node, document, placeOf);
    });
  const name = textAt(map, ['metadata', 'name'], document);
  if (name === undefined || name === '') {
    const hint =
      kind === 'Kustomization'
        ? 'Set kubectl.kustomize: true and name its folder in kubectl.manifests'
        : undefined;
    throw invalid(place(), `This ${kind} has no metadata.name`, { hint });
  }
  return [
    {
      apiVersion,
      kind,
      name,
      namespace: textAt(map, ['metadata', 'namespace'], document),
      place: place(false),
    },
  ];
}

// YAML reads `{{ .Values.x }}` as a mapping within a mapping. No key of a Kubernetes object is anything but text.
function refuseTemplates(document: Document, placeOf: PlaceOf): void {
  visit(document, {
    Pair(_, { key }) {
      if (isCollection(key))
        throw invalid(
          placeOf(key.range?.[0] ?? 0)(),
          'A key must be text. Is this a template that was not rendered?',
        );
    },
  });
}

function textAt(map: YAMLMap, path: readonly string[], document: Document): string | undefined {
  let node: unknown = map;
  for (const key of path) {
    const parent = resolve(node, document);
    node = isMap(parent) ? parent.get(key, true) : undefined;
  }
  const end = resolve(node, document);
  const value = isScalar(end) ? end.value : undefined;
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

function resolve(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

// JSON is sent along with YAML as YAML, where a tab may not indent. In valid JSON a raw tab is never part of a string.
function asYaml(origin: string, source: string): string {
  const text = source.replace(/^\uFEFF/, '');
  return origin.endsWith('.json') ? text.replaceAll('\t', ' ') : text;
}

function invalid(
  place: string,
  message: string,
  more: { details?: readonly string[]; hint?: string | undefined } = {},
): Failure {
  return new Failure({
    code: 'MANIFEST_INVALID',
    message: `${place}: ${message}`,
    subject: place,
    hint: more.hint ?? 'Correct the manifest; nothing was sent to the cluster',
    details: more.details,
  });
}
