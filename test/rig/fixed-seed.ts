import fc from 'fast-check';

// What a property finds in `npm test`, it finds again. DEVSPACE_TEST_SEED=N tries others, DEVSPACE_TEST_SEED=random new ones each time; a failure tells its seed.
const { DEVSPACE_TEST_SEED: seed = '1' } = process.env;
if (seed !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
