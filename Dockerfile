# The image of every process of the platform; the command line says which. Built with: docker build -t canlian:0.1.0 .
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# Without pip: who gets into a container shall not find an installer there.
RUN python -m venv --without-pip /opt/canlian
WORKDIR /src
COPY requirements/runtime.txt requirements/
# Wheels only: nothing is compiled, so neither stage holds a compiler.
RUN python -m pip --python /opt/canlian/bin/python install --require-hashes --only-binary :all: \
      -r requirements/runtime.txt
COPY pyproject.toml README.md ./
COPY kernel kernel
COPY contracts contracts
COPY chassis chassis
COPY services services
COPY canlian canlian
# setuptools stands in the requirements: nameko needs it at run time.
RUN python -m pip --python /opt/canlian/bin/python install --no-index --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN groupadd --gid 1000 canlian && useradd --uid 1000 --gid 1000 --create-home canlian \
 && install -d -m 0700 -o canlian -g canlian /srv/canlian/archive # a new volume takes owner and mode from here
COPY --from=build /opt/canlian /opt/canlian
ENV PATH=/opt/canlian/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 1000:1000
WORKDIR /srv/canlian
ENTRYPOINT ["canlian"]
CMD ["--help"]
