//! TLS to a broker: whom we believe, and what we show of ourselves.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{self, CertificateError, ClientConfig, RootCertStore};

use super::fault::Fault;
use super::link::Stream;
use super::settings::Settings;
use crate::Error;

/// What a connection is wrapped in.
pub(super) struct Tls {
    connector: TlsConnector,
    /// For the words of an error.
    authority: String,
}

impl Tls {
    /// Reads the certificates that the settings name.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] that names the file.
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let roots = settings.ca_file.as_deref().map_or_else(|| Ok(public()), roots)?;
        let config = ClientConfig::builder().with_root_certificates(roots);
        let config = match (&settings.certificate, &settings.key) {
            (None, None) => config.with_no_client_auth(),
            (Some(certificate), Some(key)) => {
                let chain = certificates(certificate)?;
                let secret = PrivateKeyDer::from_pem_file(key).map_err(|why| wrong(key, &why))?;
                config
                    .with_client_auth_cert(chain, secret)
                    .map_err(|why| wrong(certificate, &why))?
            }
            _ => return Err(usage("`certificate` and `key` go together".to_owned())),
        };
        let named = settings.ca_file.as_ref().map(|file| file.display().to_string());
        let authority =
            named.unwrap_or_else(|| "a public authority; `ca-file` names others".into());
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), authority })
    }

    pub(super) async fn wrap(&self, tcp: TcpStream, host: &str) -> Result<Box<dyn Stream>, Fault> {
        let name = ServerName::try_from(host.to_owned());
        let name = name.map_err(|_| Fault::Tls(format!("no certificate can name `{host}`")))?;
        match self.connector.connect(name, tcp).await {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => Err(self.explained(error)),
        }
    }

    fn explained(&self, error: io::Error) -> Fault {
        use CertificateError::{
            Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet,
            NotValidYetContext, UnknownIssuer,
        };
        let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        let Some(cause) = cause else { return error.into() };
        let reason = match cause {
            rustls::Error::InvalidCertificate(why) => match why {
                UnknownIssuer => {
                    format!("the broker's certificate is not signed by {}", self.authority)
                }
                Expired | ExpiredContext { .. } => {
                    "the broker's certificate has expired".to_owned()
                }
                NotValidYet | NotValidYetContext { .. } => {
                    "the broker's certificate is not valid yet; is the clock of this machine right?"
                        .to_owned()
                }
                NotValidForName | NotValidForNameContext { .. } => {
                    "the broker's certificate is of another host".to_owned()
                }
                _ => format!("the broker's certificate is refused: {cause}"),
            },
            rustls::Error::InvalidMessage(_) => "what answers there does not speak TLS".to_owned(),
            _ => format!("TLS failed: {cause}"),
        };
        Fault::Tls(reason)
    }
}

/// The authorities that browsers trust, as of this build.
fn public() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

fn roots(file: &Path) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        roots.add(certificate).map_err(|why| wrong(file, &why))?;
    }
    Ok(roots)
}

/// At least one.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let found = CertificateDer::pem_file_iter(file).map_err(|why| wrong(file, &why))?;
    let found = found.collect::<Result<Vec<_>, _>>().map_err(|why| wrong(file, &why))?;
    if found.is_empty() {
        return Err(usage(format!("{}: no certificate in it", file.display())));
    }
    Ok(found)
}

fn wrong(file: &Path, why: &dyn std::fmt::Display) -> Error {
    usage(format!("{}: {why}", file.display()))
}

fn usage(message: String) -> Error {
    Error::Usage { message, hint: None }
}
