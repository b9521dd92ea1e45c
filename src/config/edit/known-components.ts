import { itemsAt, valueAt } from '../path.js';
import { addDeployment } from './deployments.js';
import type { Edit } from './edit.js';
import { notThere } from './entry-failure.js';

/** A database or the like that many projects need. */
export interface KnownComponent {
  readonly name: string;
  readonly about: string;
  readonly image: string;
  readonly port: number;
  /** Folder of the container that outlives it. */
  readonly data: string;
  /** Environment variable with the password, and name of the variable of the config that is asked for. */
  readonly password?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** For `devspace add deployment NAME --component`. */
export const knownComponents: readonly KnownComponent[] = [
  {
    name: 'mariadb',
    about: 'MariaDB, a relational database',
    image: 'mariadb:11',
    port: 3306,
    data: '/var/lib/mysql',
    password: 'MARIADB_ROOT_PASSWORD',
  },
  {
    name: 'mongodb',
    about: 'MongoDB, a document database; the user is root',
    image: 'mongo:8',
    port: 27_017,
    data: '/data/db',
    password: 'MONGO_INITDB_ROOT_PASSWORD',
    env: { MONGO_INITDB_ROOT_USERNAME: 'root' },
  },
  {
    name: 'mysql',
    about: 'MySQL, a relational database',
    image: 'mysql:8.4',
    port: 3306,
    data: '/var/lib/mysql',
    password: 'MYSQL_ROOT_PASSWORD',
  },
  {
    name: 'postgres',
    about: 'PostgreSQL, a relational database',
    image: 'postgres:17',
    port: 5432,
    data: '/var/lib/postgresql/data',
    password: 'POSTGRES_PASSWORD',
    // At the top of a volume there may be a lost+found, which it refuses.
    env: { PGDATA: '/var/lib/postgresql/data/files' },
  },
  {
    name: 'rabbitmq',
    about: 'RabbitMQ, a message broker; the user is user',
    image: 'rabbitmq:4',
    port: 5672,
    data: '/var/lib/rabbitmq',
    password: 'RABBITMQ_DEFAULT_PASS',
    env: { RABBITMQ_DEFAULT_USER: 'user' },
  },
  { name: 'redis', about: 'Redis, a key-value store', image: 'redis:8', port: 6379, data: '/data' },
];

/** The deployment, and a question for its password unless the config has that variable. Failures: CONFIG_ENTRY_EXISTS, CONFIG_ENTRY_MISSING. */
export function addKnownComponent(
  config: unknown,
  name: string,
  wanted: { readonly component: string; readonly namespace: string | undefined },
): Edit[] {
  const known = knownComponents.find((one) => one.name === wanted.component);
  if (!known) {
    const names = knownComponents.map((one) => one.name);
    throw notThere('component', wanted.component, names);
  }
  const { data, env = {}, image, password, port } = known;
  const variables = { ...env, ...(password === undefined ? {} : { [password]: `\${${password}}` }) };
  const component = {
    containers: [
      {
        image,
        ...(Object.keys(variables).length === 0
          ? {}
          : { env: Object.entries(variables).map(([key, value]) => ({ name: key, value })) }),
        volumeMounts: [{ containerPath: data, volume: { name: 'data' } }],
      },
    ],
    volumes: [{ name: 'data', size: '5Gi' }],
    service: { ports: [{ port }] },
  };
  const edits = addDeployment(config, name, { namespace: wanted.namespace, component });
  const isAsked = itemsAt(config, ['vars']).some(({ value }) => valueAt(value, ['name']) === password);
  if (password === undefined || isAsked) return edits;
  const question = { name: password, question: `Password of ${known.name}`, password: true };
  return [{ type: 'insert', path: ['vars'], value: question, at: 'end' }, ...edits];
}
