# Airdate over HTTP.
#
#   docker build -t airdate .
#   docker run --rm -v airdate:/data airdate token create laptop     prints a token, once
#   docker run -p 127.0.0.1:4600:4600 -v airdate:/data airdate
#
# Keys of vendors are given when it is run (--env-file), never when it is built.

FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
# The image has its Node; no package here needs a script to install.
RUN npm ci --include=dev --ignore-scripts --no-audit --no-fund
COPY rolldown.config.ts ./
COPY scripts/distribution.ts scripts/third-party.ts scripts/
COPY src src
RUN node scripts/distribution.ts

FROM node:24-slim
WORKDIR /airdate
COPY package.json LICENSE ./
COPY --from=build /build/dist dist
RUN install -d -o node -g node -m 700 /data
ENV NODE_ENV=production AIRDATE_HOME=/data
VOLUME /data
USER node
EXPOSE 4600
# Where the CMD below listens. With another command line: docker run --no-healthcheck, or --health-cmd.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4600/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/airdate.js"]
CMD ["http", "--host", "0.0.0.0"]
