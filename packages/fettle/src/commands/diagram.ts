import { diagramSvg, diagramText } from "@fettle/engine/diagram";
import { exit } from "../exit.ts";
import type { Command } from "./command.ts";
import { machineNamed } from "./start.ts";

export const diagram: Command = {
  name: "diagram",
  about: "Draw a machine from its table",
  args: [{ usage: "<machine>", about: "its name, as in the config" }],
  options: [{ flags: "--svg", about: "print an SVG image" }],
  examples: ["fettle diagram postgres/failover", "fettle diagram postgres/failover --svg > failover.svg"],
  async run(call) {
    const machine = machineNamed((await call.setup()).machines, String(call.args.machine));
    const { name, version, about, start, transitions } = machine;
    call.out.result({ name, version, about, start, transitions }, call.options.svg === true ? diagramSvg(machine) : diagramText(machine));
    return exit.done;
  },
};
