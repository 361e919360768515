export * from "@fettle/engine/testing";
