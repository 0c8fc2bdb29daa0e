// Loads a function's handler as Lambda starts an instance: the environment first, then the module.

/**
 * Packages that the handler shares with the test, by name: a client's `send` that the test mocks is then the
 * handler's.
 */
type Shared = Readonly<Record<string, object>>;

/**
 * Loads the module `lambda/<control>/handler` again. `variables` are those of the function's environment; `undefined`
 * takes one out. `restoreAfterEach` brings the environment back.
 */
export function loadHandler<Module>(control: string, variables: Readonly<Record<string, string | undefined>>, shared: Shared = {}): Module {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  const found: Module[] = [];
  jest.isolateModules(() => {
    for (const [name, module] of Object.entries(shared)) jest.doMock(name, () => module);
    found.push(jest.requireActual<Module & object>(`../../lambda/${control}/handler`));
  });
  const [module] = found;
  if (module === undefined) throw new Error(`lambda/${control}/handler: expected a module, got none`);
  return module;
}
